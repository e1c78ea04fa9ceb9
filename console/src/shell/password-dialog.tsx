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
import { call } from '../api/client.ts';
import { useMe } from '../api/me.ts';
import { Problem } from '../api/problem.ts';
import { useText } from '../intl/text.ts';
import { problemText } from '../ui/problem-text.ts';

/** Asks for the password of whoever is signed in. @param onClose is told whether it was given */
export default function PasswordDialog({ onClose }: { onClose: (done: boolean) => void }) {
  const t = useText();
  const me = useMe();
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<string>();
  const [isPending, setPending] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setPending(true);
    try {
      await call<void>('/me/authentications', { method: 'POST', body: { password } });
      onClose(true);
    } catch (error) {
      const wrong = error instanceof Problem && error.status === 422;
      setProblem(wrong ? t('shell.reauthentication_refused') : problemText(t, error));
      setPending(false);
    }
  };

  return (
    <DialogContainer onDismiss={() => onClose(false)}>
      <Dialog size="S">
        <Heading slot="title">{t('shell.reauthentication_title')}</Heading>
        <Content>
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
        </Content>
        <ButtonGroup>
          <Button variant="secondary" onPress={() => onClose(false)}>
            {t('shell.cancel')}
          </Button>
          <Button variant="accent" type="submit" form="reauthentication" isPending={isPending}>
            {t('shell.reauthentication_submit')}
          </Button>
        </ButtonGroup>
      </Dialog>
    </DialogContainer>
  );
}
