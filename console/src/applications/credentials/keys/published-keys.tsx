import { ActionButton } from '@react-spectrum/s2/ActionButton';
import { TextField } from '@react-spectrum/s2/TextField';
import { useState } from 'react';
import { findCalledUriMistake } from '../../../../../server/model/redirect-uri.ts';
import { useUpdateApplication } from '../../../api/applications.ts';
import { Problem } from '../../../api/problem.ts';
import type { Application } from '../../../api/types.ts';
import { useText } from '../../../intl/text.ts';
import { Copyable } from '../../../ui/copyable.tsx';
import { FormDialog } from '../../../ui/form-dialog.tsx';
import { showDone } from '../../../ui/toasts.ts';
import { uriWords } from '../../uri-words.ts';
import styles from '../credentials.module.css';

/** Where the application publishes its public keys, instead of having them uploaded or beside those. */
export function PublishedKeys({ application }: { application: Application }) {
  const t = useText();
  const [isOpen, setOpen] = useState(false);
  const uri = application.jwks_uri ?? null;
  const name = t('field.application.jwks_uri');
  return (
    <div className={styles['published']} data-field="jwks_uri">
      <div>
        <h3>{name}</h3>
        {uri === null ? <span>{t('credentials.published_none')}</span> : <Copyable text={uri} what={name} />}
        <p>{t('field.application.jwks_uri_help')}</p>
      </div>
      <ActionButton onPress={() => setOpen(true)}>
        {t(uri === null ? 'credentials.published_enter' : 'credentials.published_change')}
      </ActionButton>
      {isOpen && <UriDialog application={application} uri={uri ?? ''} onClose={() => setOpen(false)} />}
    </div>
  );
}

function UriDialog(props: { application: Application; uri: string; onClose: () => void }) {
  const { application, uri, onClose } = props;
  const t = useText();
  const update = useUpdateApplication(application.id);
  const [text, setText] = useState(uri);
  const [isChecked, setChecked] = useState(false);
  const given = text.trim();
  const mistake = given === '' ? null : uriWords(t, findCalledUriMistake(given));
  const refusal =
    update.error instanceof Problem && update.error.errors.find(({ path }) => path === 'jwks_uri');
  const problem =
    (isChecked ? mistake : null) ?? (refusal ? t('settings.refused', { message: refusal.message }) : null);
  const submit = () => {
    setChecked(true);
    if (mistake !== null) return;
    update.mutate(
      { jwks_uri: given === '' ? null : given },
      {
        onSuccess: () => {
          showDone(t('credentials.published_saved'));
          onClose();
        },
      },
    );
  };
  return (
    <FormDialog
      title={t('field.application.jwks_uri')}
      size="M"
      submitLabel={t('settings.save')}
      isPending={update.isPending}
      failure={
        update.error && !refusal ? { title: t('credentials.published_not_saved'), error: update.error } : null
      }
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        autoFocus
        label={t('field.application.jwks_uri')}
        description={t('credentials.published_field_help')}
        inputMode="url"
        autoComplete="off"
        spellCheck="false"
        value={text}
        onChange={(next) => {
          setText(next);
          update.reset();
        }}
        onBlur={() => setChecked(true)}
        isInvalid={problem !== null}
        errorMessage={problem}
        UNSAFE_style={{ width: '100%' }}
      />
    </FormDialog>
  );
}
