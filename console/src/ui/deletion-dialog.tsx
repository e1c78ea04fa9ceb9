import { TextField } from '@react-spectrum/s2/TextField';
import type { UseMutationResult } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useText } from '../intl/text.ts';
import styles from './deletion-dialog.module.css';
import { FormDialog } from './form-dialog.tsx';

/**
 * Says what ends with something, and deletes it once what it is called was typed.
 * @param ends items of a list
 * @param called what to type: how it is asked for, and whether a text is it
 * @param error why the server refused
 */
export function DeletionDialog(props: {
  title: string;
  ends: ReactNode;
  called: { label: string; description: ReactNode; mistake: ReactNode; isTyped: (text: string) => boolean };
  isPending: boolean;
  error: unknown;
  onDelete: () => void;
  onClose: () => void;
}) {
  const { title, ends, called, isPending, error, onDelete, onClose } = props;
  const t = useText();
  const [typed, setTyped] = useState('');
  const [isWrong, setWrong] = useState(false);
  return (
    <FormDialog
      title={title}
      size="M"
      submitLabel={t('settings.delete')}
      isDestructive
      isPending={isPending}
      failure={error ? { title: t('shell.not_deleted'), error } : null}
      onSubmit={() => (called.isTyped(typed.trim()) ? onDelete() : setWrong(true))}
      onClose={onClose}
    >
      <div className={styles['ends']}>
        <p>{t('settings.delete_ends')}</p>
        <ul>{ends}</ul>
      </div>
      <TextField
        label={called.label}
        description={<span className={styles['called']}>{called.description}</span>}
        autoComplete="off"
        autoCorrect="off"
        spellCheck="false"
        value={typed}
        onChange={(value) => {
          setTyped(value);
          setWrong(false);
        }}
        isInvalid={isWrong}
        errorMessage={<span className={styles['called']}>{called.mistake}</span>}
        autoFocus
        UNSAFE_style={{ width: '100%' }}
      />
    </FormDialog>
  );
}

/**
 * The same for what is called by its name.
 * @param remove deletes it
 */
export function NamedDeletionDialog(props: {
  name: string;
  ends: ReactNode;
  remove: Pick<UseMutationResult<unknown, Error, void>, 'mutate' | 'isPending' | 'error'>;
  onClose: () => void;
}) {
  const { name, ends, remove, onClose } = props;
  const t = useText();
  return (
    <DeletionDialog
      title={t('settings.delete_confirm_title', { name })}
      ends={ends}
      called={{
        label: t('settings.delete_type_name'),
        description: t.rich('settings.delete_name_is', { name }),
        mistake: t.rich('settings.delete_name_differs', { name }),
        isTyped: (text) => text.normalize() === name.trim().normalize(),
      }}
      isPending={remove.isPending}
      error={remove.error}
      onDelete={() => remove.mutate()}
      onClose={onClose}
    />
  );
}
