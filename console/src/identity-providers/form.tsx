import { useUpdateIdentityProvider } from '../api/identity-providers.ts';
import type { IdentityProvider } from '../api/types.ts';
import { useText } from '../intl/text.ts';
import { DraftForm, useDraft } from '../ui/draft-form.tsx';
import { Section } from '../ui/page.tsx';
import { showDone } from '../ui/toasts.ts';
import { changesOf, draftOf } from './draft.ts';
import { SwitchSetting, TextSetting } from './field.tsx';
import { MappingSection } from './mapping.tsx';
import { findMistakes, refusedBy } from './mistakes.ts';
import { PeopleSection } from './people.tsx';
import { TypeSettings } from './settings.tsx';

/** Everything that an administrator can change of a provider, saved at once. */
export function ProviderForm({ provider }: { provider: IdentityProvider }) {
  const t = useText();
  const { type } = provider;
  const form = useDraft({
    saved: draftOf(provider),
    changesOf: (draft) => changesOf(provider, draft),
    findMistakes: (draft) => findMistakes(t, type, draft),
    refusedBy: (error, draft) => refusedBy(t, draft, error),
    update: useUpdateIdentityProvider(provider.id),
    onSaved: ({ name }) => showDone(t('providers.saved', { name })),
  });
  return (
    <DraftForm state={form} failed="providers.not_saved">
      <Section title={t('providers.settings')}>
        <TextSetting form={form} name="name" />
        <SwitchSetting
          form={form}
          name="enabled"
          label="providers.is_enabled"
          help="providers.is_enabled_help"
        />
        <TypeSettings
          form={form}
          type={type}
          hasSecret={provider.has_client_secret}
          isOtherIssuer={form.draft.issuer.trim() !== provider.issuer}
        />
      </Section>
      <PeopleSection form={form} />
      <MappingSection form={form} type={type} />
    </DraftForm>
  );
}
