import { Form } from '@react-spectrum/s2/Form';
import { Content, Heading, InlineAlert } from '@react-spectrum/s2/InlineAlert';
import { TextField } from '@react-spectrum/s2/TextField';
import { type FormEvent, useState } from 'react';
import type { User } from '../api/types.ts';
import { useUpdateUser } from '../api/users.ts';
import { useText } from '../intl/text.ts';
import { Copyable } from '../ui/copyable.tsx';
import { Section } from '../ui/page.tsx';
import { problemText } from '../ui/problem-text.ts';
import { SaveBar } from '../ui/save-bar.tsx';
import { showDone } from '../ui/toasts.ts';
import { useUnsavedGuard } from '../ui/unsaved-guard.tsx';
import { LanguagePicker, RolePicker } from './field-pickers.tsx';
import { findMistakes, mistakesOf } from './mistakes.ts';
import styles from './users.module.css';

type Draft = Partial<Pick<User, 'name' | 'role' | 'locale'>>;

/** Name, role and language of a user, to change. */
export function UserProfile({ user }: { user: User }) {
  const t = useText();
  const update = useUpdateUser(user.id);
  const [draft, setDraft] = useState<Draft>({});
  const { name, role, locale } = { ...user, ...draft };
  const isChanged = name !== user.name || role !== user.role || locale !== user.locale;
  const guard = useUnsavedGuard(isChanged);
  const found = findMistakes(t, { name });
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
    if (found.name !== undefined) return;
    const changed: Draft = {
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
            <RolePicker value={role} onChange={(value) => change({ role: value })} error={refused.role} />
          </div>
          <div>
            <LanguagePicker value={locale} onChange={(value) => change({ locale: value })} />
          </div>
        </div>
        <dl className={styles['fixed']}>
          <div>
            <dt>{t('users.email')}</dt>
            <dd>
              <Copyable text={user.email} what={t('users.email')} />
              <p className={styles['hint']}>{t('users.email_fixed')}</p>
            </dd>
          </div>
          <div>
            <dt>{t('users.id')}</dt>
            <dd>
              <Copyable text={user.id} what={t('users.id')} />
            </dd>
          </div>
        </dl>
        <SaveBar isChanged={isChanged} isSaving={update.isPending} onDiscard={discard} />
      </Section>
      {guard}
    </Form>
  );
}
