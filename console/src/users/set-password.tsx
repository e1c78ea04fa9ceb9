import { useState } from 'react';
import type { User } from '../api/types.ts';
import { useUpdateUser } from '../api/users.ts';
import { useText } from '../intl/text.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import { showDone } from '../ui/toasts.ts';
import { findMistakes, mistakesOf } from './mistakes.ts';
import { PasswordField } from './password-field.tsx';

/** Gives a user another password. */
export function SetPasswordDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const t = useText();
  const { name } = user;
  const update = useUpdateUser(user.id);
  const [password, setPassword] = useState('');
  const [mistake, setMistake] = useState<string>();
  const submit = () => {
    const found = findMistakes(t, { password }).password;
    setMistake(found);
    if (found !== undefined) return;
    update.mutate(
      { password },
      {
        onError: (error) => setMistake(mistakesOf(t, error).password),
        onSuccess: () => {
          showDone(t('users.password_set', { name }));
          onClose();
        },
      },
    );
  };
  return (
    <FormDialog
      title={t('users.set_password_title', { name })}
      size="M"
      submitLabel={t('users.set_password_submit')}
      isPending={update.isPending}
      failure={
        update.error && mistake === undefined ? { title: t('users.not_saved'), error: update.error } : null
      }
      onSubmit={submit}
      onClose={onClose}
    >
      {/* Tells password managers whose password it is. */}
      <input hidden readOnly type="text" autoComplete="username" value={user.email} />
      <PasswordField
        value={password}
        onChange={(value) => {
          setPassword(value);
          setMistake(undefined);
        }}
        error={mistake}
      />
    </FormDialog>
  );
}
