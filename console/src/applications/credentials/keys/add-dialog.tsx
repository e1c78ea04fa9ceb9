import { useState } from 'react';
import { useAddPublicKey } from '../../../api/credentials.ts';
import { Problem } from '../../../api/problem.ts';
import type { Application } from '../../../api/types.ts';
import { useText } from '../../../intl/text.ts';
import { FormDialog } from '../../../ui/form-dialog.tsx';
import { problemText } from '../../../ui/problem-text.ts';
import { showDone } from '../../../ui/toasts.ts';
import { readPublicKey } from '../reading/read-public-key.ts';
import { DetailFields, isRefused, useDetails } from './details.tsx';
import { KeyInput } from './key-input.tsx';
import { usePublicKeyText } from './use-public-key-text.ts';
import { mistakes } from './verdict.tsx';

/** *Add a public key*: the other side's, whose private half stays with them. */
export function AddKeyDialog(props: { application: Application; onClose: () => void; onAdded: () => void }) {
  const { application, onClose, onAdded } = props;
  const t = useText();
  const { text, reading, change, say } = usePublicKeyText();
  const { details, setDetails, isComplete, fields } = useDetails(application.type);
  const [isChecked, setChecked] = useState(false);
  const add = useAddPublicKey(application.id);

  const known =
    reading.outcome === 'usable' &&
    application.public_keys?.find(({ thumbprint }) => thumbprint === reading.key.thumbprint);
  const problem = isKeyProblem(add.error)
    ? problemText(t, add.error)
    : reading.outcome === 'mistake'
      ? t(mistakes[reading.mistake])
      : known
        ? t('credentials.key_known', { name: known.name })
        : isChecked && reading.outcome === 'nothing'
          ? t('credentials.key_missing')
          : undefined;

  const submit = async () => {
    setChecked(true);
    // What is sent is looked at once more: a private key must not leave the page, however fast somebody is.
    const read = await readPublicKey(text, Date.now());
    if (read.outcome !== 'usable' || known || !isComplete) return;
    const named = { ...fields, ...(fields.name === undefined && suggestionOf(read)) };
    add.mutate(
      { public_key: read.key.text, ...named },
      {
        onSuccess: ({ name }) => {
          showDone(t('credentials.key_added', { name }));
          onAdded();
        },
      },
    );
  };

  return (
    <FormDialog
      title={t('credentials.key_add')}
      size="L"
      submitLabel={t('credentials.key_add_submit')}
      isPending={add.isPending}
      failure={
        add.error && !isKeyProblem(add.error) && !isRefusedDetail(add.error)
          ? { title: t('credentials.key_not_added'), error: add.error }
          : null
      }
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <p>{t('credentials.key_add_about')}</p>
      <KeyInput
        text={text}
        onChange={(next) => {
          change(next);
          add.reset();
        }}
        onTooLarge={() => say({ outcome: 'mistake', mistake: 'too_large' })}
        reading={reading}
        problem={problem}
      />
      <DetailFields
        type={application.type}
        value={details}
        onChange={setDetails}
        suggestion={suggestionOf(reading).name}
        error={add.error}
        isChecked={isChecked}
      />
    </FormDialog>
  );
}

/** A certificate says for whom it was made, which is a name. */
function suggestionOf(reading: Awaited<ReturnType<typeof readPublicKey>>): { name?: string } {
  const subject = reading.outcome === 'usable' ? reading.key.certificate?.subject : undefined;
  return subject === undefined ? {} : { name: subject.slice(0, 200) };
}

const keyCodes = ['private_key_refused', 'invalid_public_key', 'certificate_expired', 'public_key_exists'];

function isKeyProblem(error: unknown): boolean {
  return (error instanceof Problem && keyCodes.includes(error.code)) || isRefused(error, 'public_key');
}

function isRefusedDetail(error: unknown): boolean {
  return isRefused(error, 'name') || isRefused(error, 'acts_as_user_id');
}
