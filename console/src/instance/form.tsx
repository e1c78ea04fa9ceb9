import { Form } from '@react-spectrum/s2/Form';
import { Content, Heading, InlineAlert } from '@react-spectrum/s2/InlineAlert';
import { type FormEvent, useState } from 'react';
import { useUpdateInstance } from '../api/instance.ts';
import type { Instance } from '../api/types.ts';
import { useText } from '../intl/text.ts';
import { problemText } from '../ui/problem-text.ts';
import { SaveBar } from '../ui/save-bar.tsx';
import { showDone } from '../ui/toasts.ts';
import { useUnsavedGuard } from '../ui/unsaved-guard.tsx';
import { changesOf, type Draft, draftOf } from './draft.ts';
import { GeneralSection } from './general.tsx';
import styles from './instance.module.css';
import { findMistakes, type Mistakes, refusedBy } from './mistakes.ts';
import { TokensSection } from './tokens.tsx';
import { WorkfrontSection } from './workfront.tsx';

/** What a section of the form is given. */
export interface SectionProps {
  readonly instance: Instance;
  readonly draft: Draft;
  readonly mistakes: Mistakes;
  readonly onChange: (changed: Partial<Draft>) => void;
}

/** Everything that an administrator can change of the instance, saved at once. */
export function InstanceForm({ instance }: { instance: Instance }) {
  const t = useText();
  const update = useUpdateInstance();
  // What is not changed follows the instance, should somebody else change it meanwhile.
  const [changed, setChanged] = useState<Partial<Draft>>({});
  const draft = { ...draftOf(instance), ...changed };
  const changes = changesOf(instance, draft);
  const isChanged = Object.keys(changes).length > 0;
  const guard = useUnsavedGuard(isChanged);
  const found = findMistakes(t, draft);
  const mistakes = { ...refusedBy(t, update.error), ...found };

  const change = (more: Partial<Draft>) => {
    setChanged((before) => ({ ...before, ...more }));
    update.reset();
  };
  const discard = () => {
    setChanged({});
    update.reset();
  };
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const [invalid] = event.currentTarget.querySelectorAll<HTMLElement>('[aria-invalid="true"]');
    if (Object.keys(found).length > 0) return invalid?.focus();
    if (!isChanged) return;
    update.mutate(changes, {
      onSuccess: () => {
        setChanged({});
        showDone(t('instance.saved'));
      },
    });
  };

  const section: SectionProps = { instance, draft, mistakes, onChange: change };
  return (
    <Form onSubmit={save} validationBehavior="aria">
      <div className={styles['form']}>
        {update.error && (
          <InlineAlert key={String(update.submittedAt)} variant="negative" autoFocus>
            <Heading>{t('instance.not_saved')}</Heading>
            <Content>{problemText(t, update.error)}</Content>
          </InlineAlert>
        )}
        <GeneralSection {...section} />
        <TokensSection {...section} />
        <WorkfrontSection {...section} />
        <SaveBar isChanged={isChanged} isSaving={update.isPending} onDiscard={discard} />
      </div>
      {guard}
    </Form>
  );
}
