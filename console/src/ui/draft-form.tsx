import { Form } from '@react-spectrum/s2/Form';
import { Content, Heading, InlineAlert } from '@react-spectrum/s2/InlineAlert';
import type { UseMutationResult } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import type { MessageKey } from '../intl/messages.ts';
import { useText } from '../intl/text.ts';
import styles from './draft-form.module.css';
import { problemText } from './problem-text.ts';
import { SaveBar } from './save-bar.tsx';
import { useUnsavedGuard } from './unsaved-guard.tsx';

/** What the controls of a draft are given. */
export interface DraftControls<Draft, Mistakes> {
  readonly draft: Draft;
  /** What is wrong, in words, by the control that can put it right. */
  readonly mistakes: Mistakes;
  readonly onChange: (changed: Partial<Draft>) => void;
}

/** Something that is being edited, and saved at once. */
export interface DraftState<Draft, Mistakes> extends DraftControls<Draft, Mistakes> {
  readonly isChanged: boolean;
  /** Whether anything that was changed is wrong, so that it cannot be saved. */
  readonly hasMistakes: boolean;
  readonly isSaving: boolean;
  /** Why the server refused, and at which attempt; null while it did not. */
  readonly failure: { readonly error: Error; readonly at: number } | null;
  readonly save: () => void;
  readonly discard: () => void;
}

/**
 * Holds only what was changed, so that all else follows the thing, should somebody else change it meanwhile.
 * @param options.saved the draft of what the server has now
 * @param options.changesOf the fields that a draft changes, as the API takes them
 * @param options.findMistakes what is wrong with a changed draft
 * @param options.refusedBy what the server refused, at the controls that it is about
 */
export function useDraft<
  Draft extends object,
  Mistakes extends object,
  Changes extends object,
  Saved,
>(options: {
  saved: Draft;
  changesOf: (draft: Draft) => Changes;
  findMistakes: (draft: Draft) => Mistakes;
  refusedBy: (error: unknown, draft: Draft) => Mistakes;
  update: Pick<
    UseMutationResult<Saved, Error, Changes>,
    'mutate' | 'reset' | 'error' | 'isPending' | 'submittedAt'
  >;
  onSaved: (saved: Saved) => void;
}): DraftState<Draft, Mistakes> {
  const { saved, update } = options;
  const [changed, setChanged] = useState<Partial<Draft>>({});
  const draft = { ...saved, ...changed };
  const changes = options.changesOf(draft);
  const isChanged = Object.keys(changes).length > 0;
  const found = isChanged ? options.findMistakes(draft) : undefined;
  const discard = () => {
    setChanged({});
    update.reset();
  };
  return {
    draft,
    mistakes: { ...options.refusedBy(update.error, draft), ...found },
    onChange: (more) => {
      setChanged((before) => ({ ...before, ...more }));
      update.reset();
    },
    isChanged,
    hasMistakes: found !== undefined && Object.keys(found).length > 0,
    isSaving: update.isPending,
    failure: update.error && { error: update.error, at: update.submittedAt },
    save: () =>
      update.mutate(changes, {
        onSuccess: (result) => {
          discard();
          options.onSaved(result);
        },
      }),
    discard,
  };
}

/**
 * The form around the controls of a draft: says why the server refused, stands in the way of leaving what is unsaved,
 * and leads to the first mistake instead of saving it.
 * @param failed what could not be done, when the server refuses
 * @param isBarPlain the save bar says nothing of mistakes
 */
export function DraftForm<Draft, Mistakes>(props: {
  state: DraftState<Draft, Mistakes>;
  failed: MessageKey;
  isBarPlain?: boolean;
  children: ReactNode;
}) {
  const { state, failed, isBarPlain = false, children } = props;
  const { isChanged, hasMistakes, isSaving, failure } = state;
  const t = useText();
  const guard = useUnsavedGuard(isChanged);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const [invalid] = event.currentTarget.querySelectorAll<HTMLElement>('[aria-invalid="true"]');
    if (hasMistakes) invalid?.focus();
    else if (isChanged) state.save();
  };
  return (
    <Form onSubmit={submit} validationBehavior="aria">
      <div className={styles['form']}>
        {failure && (
          <InlineAlert key={String(failure.at)} variant="negative" autoFocus>
            <Heading>{t(failed)}</Heading>
            <Content>{problemText(t, failure.error)}</Content>
          </InlineAlert>
        )}
        {children}
        <SaveBar
          isChanged={isChanged}
          isSaving={isSaving}
          hasMistakes={hasMistakes && !isBarPlain}
          onDiscard={state.discard}
        />
      </div>
      {guard}
    </Form>
  );
}
