import { TextField, type TextFieldRef } from '@react-spectrum/s2';
import { useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { useCreateApplication } from '../../api/applications.ts';
import type { ApplicationType } from '../../api/types.ts';
import { useText } from '../../intl/text.ts';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { TypeCards } from '../../ui/type-cards.tsx';
import { SecretDialog } from '../credentials/secret-dialog.tsx';
import { nameWords } from '../name-words.ts';
import { applicationTypes } from '../types.ts';

/** *New OAuth2 application*: its type and name; then its secret, if it has one, and on to its settings. */
export default function NewApplicationDialog({ onClose }: { onClose: () => void }) {
  const t = useText();
  const navigate = useNavigate();
  const create = useCreateApplication();
  const [type, setType] = useState<ApplicationType>('web');
  const [name, setName] = useState('');
  // What is wrong with a name is said once somebody has wanted to go on with it.
  const [isJudged, setJudged] = useState(false);
  const nameField = useRef<TextFieldRef>(null);

  if (create.data?.client_secret !== undefined) {
    const { id, client_id, client_secret, name: registered } = create.data;
    return (
      <SecretDialog
        applicationName={registered}
        clientId={client_id}
        clientSecret={client_secret}
        onClose={() => void navigate(`/applications/${id}/settings`)}
      />
    );
  }

  const submit = () => {
    setJudged(true);
    if (nameWords(t, name.trim())) return nameField.current?.focus();
    create.mutate(
      { type, name: name.trim() },
      {
        onSuccess: (application) => {
          if (application.client_secret === undefined)
            void navigate(`/applications/${application.id}/settings`);
        },
      },
    );
  };

  const mistake = isJudged ? nameWords(t, name.trim()) : null;
  return (
    <FormDialog
      title={t('applications.new_title')}
      size="XL"
      submitLabel={t('applications.create_submit')}
      isPending={create.isPending}
      failure={create.error && { title: t('applications.not_created'), error: create.error }}
      onSubmit={submit}
      onClose={onClose}
    >
      <TypeCards label="applications.type" types={applicationTypes} value={type} onChange={setType} />
      <TextField
        ref={nameField}
        label={t('field.application.name')}
        description={t('applications.name_example')}
        isRequired
        autoComplete="off"
        value={name}
        onChange={setName}
        isInvalid={mistake !== null}
        errorMessage={mistake}
        UNSAFE_style={{ width: '100%' }}
      />
    </FormDialog>
  );
}
