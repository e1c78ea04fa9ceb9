import { AlertDialog, DialogTrigger } from '@react-spectrum/s2/AlertDialog';
import type { ReactNode } from 'react';
import { useText } from '../intl/text.ts';

/**
 * A button that asks before it takes something away.
 * @param act what is done, in the words of the question's button
 * @param children what comes of it
 */
export function Confirmed(props: {
  button: ReactNode;
  title: string;
  act: string;
  onConfirm: () => void;
  children: string;
}) {
  const t = useText();
  return (
    <DialogTrigger>
      {props.button}
      <AlertDialog
        variant="destructive"
        title={props.title}
        primaryActionLabel={props.act}
        cancelLabel={t('shell.cancel')}
        autoFocusButton="cancel"
        onPrimaryAction={props.onConfirm}
      >
        {props.children}
      </AlertDialog>
    </DialogTrigger>
  );
}
