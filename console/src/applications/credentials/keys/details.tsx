import { TextField } from '@react-spectrum/s2/TextField';
import { useState } from 'react';
import type { NewPublicKey } from '../../../api/credentials.ts';
import { useMe } from '../../../api/me.ts';
import { Problem } from '../../../api/problem.ts';
import type { ApplicationType } from '../../../api/types.ts';
import { useText } from '../../../intl/text.ts';
import { type ActsAs, ActsAsField } from './acts-as.tsx';

/** What an administrator says of a key besides the key itself. */
export interface Details {
  /** Empty: the key is called after its kind. */
  readonly name: string;
  readonly actsAs: ActsAs;
}

/** The details of a new key, which acts for whoever adds it unless they choose otherwise. */
export function useDetails(type: ApplicationType) {
  const me = useMe();
  const [details, setDetails] = useState<Details>({
    name: '',
    actsAs: { who: type === 'machine' ? 'me' : 'nobody' },
  });
  const { name, actsAs } = details;
  const isComplete = actsAs.who !== 'somebody' || actsAs.userId !== null;
  const fields: Omit<NewPublicKey, 'public_key'> = {
    ...(name.trim() !== '' && { name: name.trim() }),
    acts_as_user_id: { me: me.id, nobody: null, somebody: actsAs.who === 'somebody' ? actsAs.userId : null }[
      actsAs.who
    ],
  };
  return { details, setDetails, isComplete, fields };
}

/** Name of a key, and for whom it acts where keys do. */
export function DetailFields(props: {
  type: ApplicationType;
  value: Details;
  onChange: (value: Details) => void;
  /** Stands for the name while there is none. */
  suggestion: string | undefined;
  /** What the server said. */
  error: unknown;
  /** Whether to say what is still missing. */
  isChecked: boolean;
}) {
  const { type, value, onChange, suggestion, error, isChecked } = props;
  const t = useText();
  const isUserMissing = isChecked && value.actsAs.who === 'somebody' && value.actsAs.userId === null;
  const userProblem = isUserMissing
    ? t('credentials.user_missing')
    : isRefused(error, 'acts_as_user_id')
      ? t('credentials.user_refused')
      : undefined;
  return (
    <>
      <TextField
        label={t('credentials.key_name')}
        description={t('credentials.key_name_about')}
        value={value.name}
        onChange={(name) => onChange({ ...value, name })}
        isInvalid={isRefused(error, 'name')}
        errorMessage={t('credentials.key_name_refused')}
        {...(suggestion !== undefined && { placeholder: suggestion })}
        UNSAFE_style={{ width: '100%' }}
      />
      {type === 'machine' && (
        <ActsAsField
          value={value.actsAs}
          onChange={(actsAs) => onChange({ ...value, actsAs })}
          problem={userProblem}
        />
      )}
    </>
  );
}

/** Whether the server refused that field. */
export function isRefused(error: unknown, path: string): boolean {
  return error instanceof Problem && error.errors.some((field) => field.path === path);
}
