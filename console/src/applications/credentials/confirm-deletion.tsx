import {
  Button,
  ButtonGroup,
  Content,
  Dialog,
  DialogContainer,
  Heading,
  InlineAlert,
} from '@react-spectrum/s2';
import type { ReactNode } from 'react';
import { useText } from '../../intl/text.ts';
import { problemText } from '../../ui/problem-text.ts';
import styles from './credentials.module.css';

/** Asks before something is deleted that programs may depend on. @param children what will break, in words */
export function ConfirmDeletion(props: {
  title: string;
  children: ReactNode;
  isPending: boolean;
  error: unknown;
  onDelete: () => void;
  onClose: () => void;
}) {
  const { title, children, isPending, error, onDelete, onClose } = props;
  const t = useText();
  return (
    <DialogContainer onDismiss={onClose}>
      <Dialog role="alertdialog" isKeyboardDismissDisabled={isPending}>
        <Heading slot="title">{title}</Heading>
        <Content>
          <div className={styles['words']}>
            {error !== null && (
              <InlineAlert variant="negative" autoFocus>
                <Heading>{t('credentials.not_deleted')}</Heading>
                <Content>{problemText(t, error)}</Content>
              </InlineAlert>
            )}
            {children}
          </div>
        </Content>
        <ButtonGroup>
          {/* The button that breaks nothing comes under the fingers first. */}
          <Button variant="secondary" autoFocus isDisabled={isPending} onPress={onClose}>
            {t('shell.cancel')}
          </Button>
          <Button variant="negative" isPending={isPending} onPress={onDelete}>
            {t('credentials.delete')}
          </Button>
        </ButtonGroup>
      </Dialog>
    </DialogContainer>
  );
}
