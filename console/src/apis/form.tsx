import { useUpdateApi } from '../api/apis.ts';
import type { Api } from '../api/types.ts';
import { useText } from '../intl/text.ts';
import { DraftForm, useDraft } from '../ui/draft-form.tsx';
import { Section } from '../ui/page.tsx';
import { showDone } from '../ui/toasts.ts';
import { changesOf, draftOf } from './draft.ts';
import { findMistakes, refusedBy } from './mistakes.ts';
import { ApiSettingsFields } from './settings.tsx';

/** What an API is called, and how its tokens are made, saved at once. */
export function ApiForm({ api }: { api: Api }) {
  const t = useText();
  const form = useDraft({
    saved: draftOf(api),
    changesOf: (draft) => changesOf(api, draft),
    findMistakes: (draft) => findMistakes(t, draft),
    refusedBy: (error) => refusedBy(t, error),
    update: useUpdateApi(api.id),
    onSaved: ({ name }) => showDone(t('apis.saved', { name })),
  });
  return (
    <DraftForm state={form} failed="apis.not_saved">
      <Section title={t('apis.settings')}>
        <ApiSettingsFields form={form} />
      </Section>
    </DraftForm>
  );
}
