import { TextField } from '@react-spectrum/s2';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { User } from '../api/types.ts';
import { useCreateUser } from '../api/users.ts';
import { useText } from '../intl/text.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import { showDone } from '../ui/toasts.ts';
import { LanguagePicker, RolePicker } from './field-pickers.tsx';
import { findMistakes, type Mistakes, mistakesOf } from './mistakes.ts';
import { PasswordField } from './password-field.tsx';

const whole = { width: '100%' };

/** Adds a user, and leads to them. */
export function AddUserDialog({ onClose }: { onClose: () => void }) {
  const t = useText();
  const navigate = useNavigate();
  const create = useCreateUser();
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [role, setRole] = useState<User['role']>('user');
  const [locale, setLocale] = useState<User['locale']>(null);
  const [password, setPassword] = useState('');
  const [mistakes, setMistakes] = useState<Mistakes>({});
  const correct = (field: keyof Mistakes) => setMistakes(({ [field]: _corrected, ...rest }) => rest);
  const hasPlace = Object.keys(mistakesOf(t, create.error)).length > 0;

  const submit = () => {
    const found = findMistakes(t, { email, name, password });
    setMistakes(found);
    if (Object.keys(found).length > 0) return;
    create.mutate(
      { email: email.trim(), name: name.trim(), role, locale, password },
      {
        onError: (error) => setMistakes(mistakesOf(t, error)),
        onSuccess: (user) => {
          showDone(t('users.added', { name: user.name }));
          void navigate(`/users/${user.id}`);
        },
      },
    );
  };

  return (
    <FormDialog
      title={t('users.add_title')}
      size="M"
      submitLabel={t('users.add_submit')}
      isPending={create.isPending}
      failure={create.error && !hasPlace ? { title: t('users.not_added'), error: create.error } : null}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label={t('users.email')}
        // Not type="email": the browser would change letters that are not ASCII.
        inputMode="email"
        autoComplete="off"
        autoCorrect="off"
        spellCheck="false"
        isRequired
        autoFocus
        value={email}
        onChange={(value) => {
          setEmail(value);
          correct('email');
        }}
        isInvalid={mistakes.email !== undefined}
        errorMessage={mistakes.email}
        UNSAFE_style={whole}
      />
      <TextField
        label={t('users.name')}
        autoComplete="off"
        isRequired
        value={name}
        onChange={(value) => {
          setName(value);
          correct('name');
        }}
        isInvalid={mistakes.name !== undefined}
        errorMessage={mistakes.name}
        UNSAFE_style={whole}
      />
      <RolePicker value={role} onChange={setRole} error={mistakes.role} />
      <LanguagePicker value={locale} onChange={setLocale} />
      <PasswordField
        value={password}
        onChange={(value) => {
          setPassword(value);
          correct('password');
        }}
        error={mistakes.password}
      />
    </FormDialog>
  );
}
