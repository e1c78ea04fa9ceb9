import {
  Button,
  ButtonGroup,
  Content,
  Dialog,
  DialogContainer,
  Form,
  Heading,
  InlineAlert,
} from '@react-spectrum/s2';
import { type ReactNode, useId } from 'react';
import { useText } from '../intl/text.ts';
import { problemText } from './problem-text.ts';

/**
 * A form in a dialog of its own. What the form sends is on its way while it is pending: it cannot be called back by closing
 * the dialog.
 * @param isDestructive whether what it does cannot be undone
 * @param failure why the server refused, where no field can say it
 */
export function FormDialog(props: {
  title: string;
  size: 'M' | 'L' | 'XL';
  submitLabel: string;
  isDestructive?: boolean;
  isPending: boolean;
  failure: { title: string; error: unknown } | null;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const {
    title,
    size,
    submitLabel,
    isDestructive = false,
    isPending,
    failure,
    onSubmit,
    onClose,
    children,
  } = props;
  const t = useText();
  const form = useId();
  return (
    <DialogContainer onDismiss={onClose}>
      <Dialog
        size={size}
        role={isDestructive ? 'alertdialog' : 'dialog'}
        isKeyboardDismissDisabled={isPending}
      >
        <Heading slot="title">{title}</Heading>
        <Content>
          <Form
            id={form}
            validationBehavior="aria"
            onSubmit={(event) => {
              event.preventDefault();
              onSubmit();
            }}
          >
            {failure && (
              <InlineAlert variant="negative" autoFocus>
                <Heading>{failure.title}</Heading>
                <Content>{problemText(t, failure.error)}</Content>
              </InlineAlert>
            )}
            {children}
          </Form>
        </Content>
        <ButtonGroup>
          <Button variant="secondary" isDisabled={isPending} onPress={onClose}>
            {t('shell.cancel')}
          </Button>
          <Button
            variant={isDestructive ? 'negative' : 'accent'}
            type="submit"
            form={form}
            isPending={isPending}
          >
            {submitLabel}
          </Button>
        </ButtonGroup>
      </Dialog>
    </DialogContainer>
  );
}
