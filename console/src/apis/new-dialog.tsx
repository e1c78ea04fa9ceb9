import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { useCreateApi } from '../api/apis.ts';
import { useText } from '../intl/text.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import parts from '../ui/parts.module.css';
import { showDone } from '../ui/toasts.ts';
import { type Draft, emptyDraft, fieldsOf } from './draft.ts';
import { findMistakes, refusedBy } from './mistakes.ts';
import { ApiSettingsFields } from './settings.tsx';

/** Adds an API; its scopes come next, on its own screen. */
export default function NewApiDialog({ onClose }: { onClose: () => void }) {
  const t = useText();
  const navigate = useNavigate();
  const create = useCreateApi();
  const [draft, setDraft] = useState<Draft>(emptyDraft);
  // What is wrong is said once somebody has wanted to go on with it: so many times.
  const [judged, setJudged] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (judged > 0) box.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [judged]);
  const found = findMistakes(t, draft);
  const refused = refusedBy(t, create.error);
  const submit = () => {
    setJudged(judged + 1);
    if (Object.keys(found).length > 0) return;
    create.mutate(fieldsOf(draft), {
      onSuccess: ({ id, name }) => {
        showDone(t('apis.added', { name }));
        void navigate(`/apis/${id}`);
      },
    });
  };
  return (
    <FormDialog
      title={t('apis.add')}
      size="XL"
      submitLabel={t('apis.add_submit')}
      isPending={create.isPending}
      failure={
        create.error && Object.keys(refused).length === 0
          ? { title: t('apis.not_added'), error: create.error }
          : null
      }
      onSubmit={submit}
      onClose={onClose}
    >
      <div ref={box} className={parts['stack']}>
        <ApiSettingsFields
          isNew
          form={{
            draft,
            mistakes: { ...refused, ...(judged > 0 && found) },
            onChange: (changed) => {
              setDraft((before) => ({ ...before, ...changed }));
              create.reset();
            },
          }}
        />
      </div>
    </FormDialog>
  );
}
