import { TextField } from '@react-spectrum/s2/TextField';
import type { ReactNode } from 'react';
import { useText } from '../intl/text.ts';

/** The address that a user signs in with. */
export function EmailField(props: {
  value: string;
  onChange: (email: string) => void;
  description?: ReactNode;
  error: string | undefined;
  autoFocus?: boolean;
}) {
  const { value, onChange, description, error, autoFocus = false } = props;
  const t = useText();
  return (
    <TextField
      label={t('users.email')}
      description={description}
      // Not type="email": the browser would change letters that are not ASCII.
      inputMode="email"
      autoComplete="off"
      autoCorrect="off"
      spellCheck="false"
      isRequired
      autoFocus={autoFocus}
      value={value}
      onChange={onChange}
      isInvalid={error !== undefined}
      errorMessage={error}
      UNSAFE_style={{ width: '100%' }}
    />
  );
}
