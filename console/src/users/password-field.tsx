import { ActionButton } from '@react-spectrum/s2/ActionButton';
import { TextField } from '@react-spectrum/s2/TextField';
import { useState } from 'react';
import { useText } from '../intl/text.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import parts from '../ui/parts.module.css';
import { generatePassword } from './generate-password.ts';
import styles from './users.module.css';

/** Somebody else's new password: typed unseen, or generated and then shown to be copied. */
export function PasswordField(props: {
  value: string;
  onChange: (password: string) => void;
  error: string | undefined;
}) {
  const { value, onChange, error } = props;
  const t = useText();
  const [generated, setGenerated] = useState<string>();
  const isGenerated = generated !== undefined && generated === value;
  const generate = () => {
    const password = generatePassword();
    setGenerated(password);
    onChange(password);
  };
  return (
    <div className={styles['password']}>
      <TextField
        label={t('users.password')}
        description={t('users.password_help')}
        type={isGenerated ? 'text' : 'password'}
        name="new-password"
        autoComplete="new-password"
        isRequired
        value={value}
        onChange={onChange}
        isInvalid={error !== undefined}
        errorMessage={error}
        UNSAFE_style={{ width: '100%' }}
      />
      <div className={styles['generate']}>
        <ActionButton onPress={generate}>{t('users.generate')}</ActionButton>
        {isGenerated && <CopyButton text={generated} what={t('users.password')} />}
        <span role="status" className={parts['hint']}>
          {isGenerated && t('users.generated')}
        </span>
      </div>
    </div>
  );
}
