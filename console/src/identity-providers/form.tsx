import { Form } from '@react-spectrum/s2/Form';
import { Content, Heading, InlineAlert } from '@react-spectrum/s2/InlineAlert';
import { type FormEvent, useState } from 'react';
import { useUpdateIdentityProvider } from '../api/identity-providers.ts';
import type { IdentityProvider } from '../api/types.ts';
import { useText } from '../intl/text.ts';
import { Section } from '../ui/page.tsx';
import { problemText } from '../ui/problem-text.ts';
import { SaveBar } from '../ui/save-bar.tsx';
import { showDone } from '../ui/toasts.ts';
import { useUnsavedGuard } from '../ui/unsaved-guard.tsx';
import { changesOf, type Draft, draftOf } from './draft.ts';
import { type FormProps, SwitchSetting, TextSetting } from './field.tsx';
import styles from './identity-providers.module.css';
import { MappingSection } from './mapping.tsx';
import { findMistakes, refusedBy } from './mistakes.ts';
import { PeopleSection } from './people.tsx';
import { TypeSettings } from './settings.tsx';

/** Everything that an administrator can change of a provider, saved at once. */
export function ProviderForm({ provider }: { provider: IdentityProvider }) {
  const t = useText();
  const { type } = provider;
  const update = useUpdateIdentityProvider(provider.id);
  // What is not changed follows the provider, should somebody else change it meanwhile.
  const [changed, setChanged] = useState<Partial<Draft>>({});
  const draft = { ...draftOf(provider), ...changed };
  const changes = changesOf(provider, draft);
  const isChanged = Object.keys(changes).length > 0;
  const guard = useUnsavedGuard(isChanged);
  const found = isChanged ? findMistakes(t, type, draft) : {};
  const refused = refusedBy(t, draft, update.error);
  const hasMistakes = Object.keys(found).length > 0;

  const form: FormProps = {
    draft,
    mistakes: { ...refused, ...found },
    onChange: (more) => {
      setChanged((before) => ({ ...before, ...more }));
      update.reset();
    },
  };
  const discard = () => {
    setChanged({});
    update.reset();
  };
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const [invalid] = event.currentTarget.querySelectorAll<HTMLElement>('[aria-invalid="true"]');
    if (hasMistakes) return invalid?.focus();
    if (!isChanged) return;
    update.mutate(changes, {
      onSuccess: ({ name }) => {
        setChanged({});
        update.reset();
        showDone(t('providers.saved', { name }));
      },
    });
  };

  return (
    <Form onSubmit={save} validationBehavior="aria">
      <div className={styles['form']}>
        {update.error && (
          <InlineAlert key={String(update.submittedAt)} variant="negative" autoFocus>
            <Heading>{t('providers.not_saved')}</Heading>
            <Content>{problemText(t, update.error)}</Content>
          </InlineAlert>
        )}
        <Section title={t('providers.settings')}>
          <TextSetting
            form={form}
            name="name"
            label="providers.name"
            help={t('providers.name_help')}
            isRequired
          />
          <SwitchSetting
            form={form}
            name="enabled"
            label="providers.is_enabled"
            help={t('providers.is_enabled_help')}
          />
          <TypeSettings
            form={form}
            type={type}
            hasSecret={provider.has_client_secret}
            isOtherIssuer={draft.issuer.trim() !== provider.issuer}
          />
        </Section>
        <PeopleSection form={form} />
        <MappingSection form={form} type={type} />
        <SaveBar
          isChanged={isChanged}
          isSaving={update.isPending}
          hasMistakes={hasMistakes}
          onDiscard={discard}
        />
      </div>
      {guard}
    </Form>
  );
}
