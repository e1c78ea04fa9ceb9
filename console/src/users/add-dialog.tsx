import { Switch, TextField } from '@react-spectrum/s2';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { User } from '../api/types.ts';
import { useCreateUser } from '../api/users.ts';
import { useText } from '../intl/text.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import { showDone } from '../ui/toasts.ts';
import { EmailField } from './email-field.tsx';
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
  const [hasPassword, setHasPassword] = useState(true);
  const [password, setPassword] = useState('');
  const [subject, setSubject] = useState('');
  const [mistakes, setMistakes] = useState<Mistakes>({});
  const correct = (field: keyof Mistakes) => setMistakes(({ [field]: _corrected, ...rest }) => rest);
  const hasPlace = Object.keys(mistakesOf(t, create.error)).length > 0;

  const submit = () => {
    const found = findMistakes(t, {
      email,
      name,
      ...(hasPassword && { password }),
      ...(subject.trim() && { subject }),
    });
    setMistakes(found);
    if (Object.keys(found).length > 0) return;
    create.mutate(
      {
        email: email.trim(),
        name: name.trim(),
        role,
        locale,
        ...(hasPassword && { password }),
        ...(subject.trim() && { subject: subject.trim() }),
      },
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
      <EmailField
        autoFocus
        value={email}
        onChange={(value) => {
          setEmail(value);
          correct('email');
        }}
        error={mistakes.email}
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
      <Switch
        isSelected={hasPassword}
        onChange={(value) => {
          setHasPassword(value);
          correct('password');
        }}
        description={hasPassword ? undefined : t('users.without_password_help')}
        UNSAFE_style={whole}
      >
        {t('users.with_password')}
      </Switch>
      {hasPassword && (
        <PasswordField
          value={password}
          onChange={(value) => {
            setPassword(value);
            correct('password');
          }}
          error={mistakes.password}
        />
      )}
      <TextField
        label={t('users.subject')}
        description={t('users.subject_new_help')}
        autoComplete="off"
        autoCorrect="off"
        spellCheck="false"
        value={subject}
        onChange={(value) => {
          setSubject(value);
          correct('subject');
        }}
        isInvalid={mistakes.subject !== undefined}
        errorMessage={mistakes.subject}
        UNSAFE_style={whole}
      />
    </FormDialog>
  );
}
