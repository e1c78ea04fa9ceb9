import { useUpdateInstance } from '../api/instance.ts';
import type { Instance } from '../api/types.ts';
import { useText } from '../intl/text.ts';
import { type DraftControls, DraftForm, useDraft } from '../ui/draft-form.tsx';
import { showDone } from '../ui/toasts.ts';
import { changesOf, type Draft, draftOf } from './draft.ts';
import { GeneralSection } from './general.tsx';
import { findMistakes, type Mistakes, refusedBy } from './mistakes.ts';
import { TokensSection } from './tokens.tsx';
import { WorkfrontSection } from './workfront.tsx';

/** What a section of the form is given. */
export interface SectionProps extends DraftControls<Draft, Mistakes> {
  readonly instance: Instance;
}

/** Everything that an administrator can change of the instance, saved at once. */
export function InstanceForm({ instance }: { instance: Instance }) {
  const t = useText();
  const form = useDraft({
    saved: draftOf(instance),
    changesOf: (draft) => changesOf(instance, draft),
    findMistakes: (draft) => findMistakes(t, draft),
    refusedBy: (error) => refusedBy(t, error),
    update: useUpdateInstance(),
    onSaved: () => showDone(t('instance.saved')),
  });
  const { draft, mistakes, onChange } = form;
  const section: SectionProps = { instance, draft, mistakes, onChange };
  return (
    <DraftForm state={form} failed="instance.not_saved" isBarPlain>
      <GeneralSection {...section} />
      <TokensSection {...section} />
      <WorkfrontSection {...section} />
    </DraftForm>
  );
}
