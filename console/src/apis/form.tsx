import { Form } from '@react-spectrum/s2/Form';
import { Content, Heading, InlineAlert } from '@react-spectrum/s2/InlineAlert';
import { type FormEvent, useState } from 'react';
import { useUpdateApi } from '../api/apis.ts';
import type { Api } from '../api/types.ts';
import { useText } from '../intl/text.ts';
import { Section } from '../ui/page.tsx';
import { problemText } from '../ui/problem-text.ts';
import { SaveBar } from '../ui/save-bar.tsx';
import { showDone } from '../ui/toasts.ts';
import { useUnsavedGuard } from '../ui/unsaved-guard.tsx';
import styles from './apis.module.css';
import { changesOf, type Draft, draftOf } from './draft.ts';
import { findMistakes, refusedBy } from './mistakes.ts';
import { ApiSettingsFields } from './settings.tsx';

/** What an API is called, and how its tokens are made, saved at once. */
export function ApiForm({ api }: { api: Api }) {
  const t = useText();
  const update = useUpdateApi(api.id);
  // What is not changed follows the API, should somebody else change it meanwhile.
  const [changed, setChanged] = useState<Partial<Draft>>({});
  const draft = { ...draftOf(api), ...changed };
  const changes = changesOf(api, draft);
  const isChanged = Object.keys(changes).length > 0;
  const guard = useUnsavedGuard(isChanged);
  const found = isChanged ? findMistakes(t, draft) : {};
  const hasMistakes = Object.keys(found).length > 0;
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
        discard();
        showDone(t('apis.saved', { name }));
      },
    });
  };
  return (
    <Form onSubmit={save} validationBehavior="aria">
      <div className={styles['form']}>
        {update.error && (
          <InlineAlert key={String(update.submittedAt)} variant="negative" autoFocus>
            <Heading>{t('apis.not_saved')}</Heading>
            <Content>{problemText(t, update.error)}</Content>
          </InlineAlert>
        )}
        <Section title={t('apis.settings')}>
          <ApiSettingsFields
            form={{
              draft,
              mistakes: { ...refusedBy(t, update.error), ...found },
              onChange: (more) => {
                setChanged((before) => ({ ...before, ...more }));
                update.reset();
              },
            }}
          />
        </Section>
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
