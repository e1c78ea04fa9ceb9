import { Form } from '@react-spectrum/s2/Form';
import { Content, Heading, InlineAlert } from '@react-spectrum/s2/InlineAlert';
import { TextField } from '@react-spectrum/s2/TextField';
import { type FormEvent, useState } from 'react';
import type { User } from '../api/types.ts';
import { useUpdateUser } from '../api/users.ts';
import { useText } from '../intl/text.ts';
import { Section } from '../ui/page.tsx';
import { problemText } from '../ui/problem-text.ts';
import { SaveBar } from '../ui/save-bar.tsx';
import { showDone } from '../ui/toasts.ts';
import { useUnsavedGuard } from '../ui/unsaved-guard.tsx';
import { EmailField } from './email-field.tsx';
import { LanguagePicker, RolePicker } from './field-pickers.tsx';
import { findMistakes, mistakesOf } from './mistakes.ts';
import styles from './users.module.css';

type Draft = Partial<Pick<User, 'email' | 'name' | 'role' | 'locale'>>;

/** Address, name, role and language of a user, to change. */
export function UserProfile({ user }: { user: User }) {
  const t = useText();
  const update = useUpdateUser(user.id);
  const [draft, setDraft] = useState<Draft>({});
  const { email, name, role, locale } = { ...user, ...draft };
  const isNewEmail = email !== user.email;
  const isChanged = isNewEmail || name !== user.name || role !== user.role || locale !== user.locale;
  const guard = useUnsavedGuard(isChanged);
  const found = findMistakes(t, { name, ...(isNewEmail && { email }) });
  const refused = mistakesOf(t, update.error);
  const change = (changed: Draft) => {
    setDraft((before) => ({ ...before, ...changed }));
    update.reset();
  };
  const discard = () => {
    setDraft({});
    update.reset();
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (Object.keys(found).length > 0) return;
    const changed: Draft = {
      ...(isNewEmail && { email: email.trim() }),
      ...(name !== user.name && { name: name.trim() }),
      ...(role !== user.role && { role }),
      ...(locale !== user.locale && { locale }),
    };
    update.mutate(changed, {
      onSuccess: (saved) => {
        setDraft({});
        showDone(t('users.saved', { name: saved.name }));
      },
    });
  };

  return (
    <Form onSubmit={save} validationBehavior="aria">
      <Section title={t('users.profile')}>
        {update.error && Object.keys(refused).length === 0 && (
          <InlineAlert variant="negative" autoFocus>
            <Heading>{t('users.not_saved')}</Heading>
            <Content>{problemText(t, update.error)}</Content>
          </InlineAlert>
        )}
        <div className={styles['fields']}>
          {/* A field of its own accord begins a row of the form that it is in: each gets a box. */}
          <div>
            <TextField
              label={t('users.name')}
              isRequired
              value={name}
              onChange={(value) => change({ name: value })}
              isInvalid={(found.name ?? refused.name) !== undefined}
              errorMessage={found.name ?? refused.name}
              UNSAFE_style={{ width: '100%' }}
            />
          </div>
          <div>
            <EmailField
              value={email}
              onChange={(value) => change({ email: value })}
              description={t(
                isNewEmail
                  ? 'users.email_new'
                  : user.email_verified
                    ? 'users.email_verified'
                    : 'users.email_unverified',
              )}
              error={found.email ?? refused.email}
            />
          </div>
          <div>
            <RolePicker value={role} onChange={(value) => change({ role: value })} error={refused.role} />
          </div>
          <div>
            <LanguagePicker value={locale} onChange={(value) => change({ locale: value })} />
          </div>
        </div>
        <SaveBar isChanged={isChanged} isSaving={update.isPending} onDiscard={discard} />
      </Section>
      {guard}
    </Form>
  );
}
