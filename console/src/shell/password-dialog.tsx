import {
  Button,
  ButtonGroup,
  Content,
  Dialog,
  DialogContainer,
  Form,
  Heading,
  TextField,
} from '@react-spectrum/s2';
import { type FormEvent, useState } from 'react';
import { mayUsePassword } from '../../../server/model/identity-provider.ts';
import { call } from '../api/client.ts';
import { useIdentityProviders } from '../api/identity-providers.ts';
import { useInstance } from '../api/instance.ts';
import { useMe } from '../api/me.ts';
import { Problem } from '../api/problem.ts';
import type { IdentityProvider, User } from '../api/types.ts';
import { useText } from '../intl/text.ts';
import { problemText } from '../ui/problem-text.ts';
import styles from './shell.module.css';

/**
 * Has whoever is signed in show that it is they: by their password, or by signing in again at an identity provider, which leaves the page.
 * @param onClose is told whether the password was given
 */
export default function PasswordDialog({ onClose }: { onClose: (done: boolean) => void }) {
  const t = useText();
  const me = useMe();
  const { data: instance } = useInstance();
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<string>();
  const [isPending, setPending] = useState(false);
  // Somebody else may have taken passwords away since this page was opened.
  const [isOff, setOff] = useState(false);
  const providers = useOwnProviders(me);
  const hasPassword =
    me.has_password && !isOff && (instance === undefined || mayUsePassword(instance.sign_in, me.role));

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setPending(true);
    try {
      await call<void>('/me/authentications', { method: 'POST', body: { password } });
      onClose(true);
    } catch (error) {
      const code = error instanceof Problem ? error.code : undefined;
      if (code === 'password_sign_in_off') setOff(true);
      setProblem(code === 'wrong_password' ? t('shell.reauthentication_refused') : problemText(t, error));
      setPending(false);
    }
  };

  return (
    <DialogContainer onDismiss={() => onClose(false)}>
      <Dialog size="S">
        <Heading slot="title">{t('shell.reauthentication_title')}</Heading>
        <Content>
          {hasPassword ? (
            <Form id="reauthentication" onSubmit={submit}>
              <p>{t('shell.reauthentication_why')}</p>
              {/* Tells password managers whose password it is. */}
              <input hidden readOnly type="text" autoComplete="username" value={me.email} />
              <TextField
                label={t('shell.reauthentication_password')}
                type="password"
                name="password"
                autoComplete="current-password"
                autoFocus
                isRequired
                value={password}
                onChange={(value) => {
                  setPassword(value);
                  setProblem(undefined);
                }}
                isInvalid={problem !== undefined}
                errorMessage={problem}
              />
            </Form>
          ) : (
            <p>
              {t(
                providers.length > 0
                  ? 'shell.reauthentication_why_provider'
                  : 'shell.reauthentication_no_way',
              )}
            </p>
          )}
          {providers.length > 0 && (
            <div className={styles['providers']}>
              {hasPassword && <p>{t('shell.reauthentication_or')}</p>}
              {providers.map((provider) => (
                <Button
                  key={provider.id}
                  variant={hasPassword ? 'secondary' : 'accent'}
                  onPress={() => signInAgain(provider)}
                >
                  {t('shell.reauthentication_by', { provider: provider.name })}
                </Button>
              ))}
            </div>
          )}
        </Content>
        <ButtonGroup>
          <Button variant="secondary" onPress={() => onClose(false)}>
            {t('shell.cancel')}
          </Button>
          {hasPassword && (
            <Button variant="accent" type="submit" form="reauthentication" isPending={isPending}>
              {t('shell.reauthentication_submit')}
            </Button>
          )}
        </ButtonGroup>
      </Dialog>
    </DialogContainer>
  );
}

/** The providers by which somebody can sign in: those that know them, which for a console left open long ago may be any. */
function useOwnProviders(me: User): readonly IdentityProvider[] {
  const { data: providers = [] } = useIdentityProviders();
  const enabled = providers.filter((provider) => provider.enabled);
  const own = enabled.filter(({ id }) => me.identities.some((identity) => identity.provider_id === id));
  return own.length > 0 || me.has_password ? own : enabled;
}

/** To the provider, which asks them anew, and back to where they are. */
function signInAgain({ id }: IdentityProvider): void {
  const here = location.pathname + location.search;
  location.assign(`/login/with/${id}?${new URLSearchParams({ prompt: 'login', return_to: here })}`);
}
