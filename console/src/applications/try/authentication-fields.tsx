import { Picker, PickerItem } from '@react-spectrum/s2/Picker';
import { TextField } from '@react-spectrum/s2/TextField';
import type { ReactNode } from 'react';
import type { Application } from '../../api/types.ts';
import type { MessageKey } from '../../intl/messages.ts';
import { useText } from '../../intl/text.ts';
import type { Authentication } from './authentication.ts';
import { type AuthenticationMethod, authenticationMethods } from './client-authentication.ts';
import { KeyField } from './signing/key-field.tsx';
import styles from './try.module.css';

const methods: Record<AuthenticationMethod, MessageKey> = {
  client_secret_basic: 'try.method_basic',
  client_secret_post: 'try.method_post',
  private_key_jwt: 'try.method_private_key',
};

/** How the client shows who it is, and with what. */
export function AuthenticationFields(props: {
  application: Application;
  value: Authentication;
  onChange: (value: Authentication) => void;
}) {
  const t = useText();
  const { application, value, onChange } = props;
  return (
    <LocalForm>
      <div className={styles['form']}>
        <Picker
          label={t('try.method')}
          selectedKey={value.method}
          onSelectionChange={(method) => onChange({ ...value, method: method as AuthenticationMethod })}
          UNSAFE_style={{ width: '100%' }}
        >
          {authenticationMethods.map((method) => (
            <PickerItem key={method} id={method}>
              {t(methods[method])}
            </PickerItem>
          ))}
        </Picker>
        {value.method !== 'private_key_jwt' && (
          <SecretField value={value.secret} onChange={(secret) => onChange({ ...value, secret })} />
        )}
      </div>
      {value.method === 'private_key_jwt' && (
        <KeyField
          application={application}
          value={value.key}
          onChange={(key) => onChange({ ...value, key })}
        />
      )}
    </LocalForm>
  );
}

/** A form that is sent nowhere: what is entered stays in the page. */
export function LocalForm({ children }: { children: ReactNode }) {
  return (
    <form className={styles['stack']} autoComplete="off" onSubmit={(event) => event.preventDefault()}>
      {children}
    </form>
  );
}

/** The client secret, which is neither stored nor sent anywhere but in the trial's own requests. */
export function SecretField({ value, onChange }: { value: string; onChange: (secret: string) => void }) {
  const t = useText();
  return (
    <TextField
      type="password"
      label={t('try.client_secret')}
      description={t('try.client_secret_text')}
      autoComplete="off"
      spellCheck="false"
      value={value}
      onChange={(secret) => onChange(secret.trim())}
      UNSAFE_style={{ width: '100%' }}
    />
  );
}
