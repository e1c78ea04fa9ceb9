import {
  Button,
  ButtonGroup,
  Content,
  Dialog,
  DialogContainer,
  Form,
  Heading,
  InlineAlert,
} from '@react-spectrum/s2';
import { type FormEvent, useState } from 'react';
import type { User } from '../api/types.ts';
import { useUpdateUser } from '../api/users.ts';
import { useText } from '../intl/text.ts';
import { problemText } from '../ui/problem-text.ts';
import { showDone } from '../ui/toasts.ts';
import { findMistakes, mistakesOf } from './mistakes.ts';
import { PasswordField } from './password-field.tsx';

/** Gives a user another password. */
export function SetPasswordDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const t = useText();
  const { name } = user;
  const update = useUpdateUser(user.id);
  const [password, setPassword] = useState('');
  const [mistake, setMistake] = useState<string>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = findMistakes(t, { password }).password;
    setMistake(found);
    if (found !== undefined) return;
    update.mutate(
      { password },
      {
        onError: (error) => setMistake(mistakesOf(t, error).password),
        onSuccess: () => {
          showDone(t('users.password_set', { name }));
          onClose();
        },
      },
    );
  };
  return (
    <DialogContainer onDismiss={onClose}>
      <Dialog size="M" isKeyboardDismissDisabled={update.isPending}>
        <Heading slot="title">{t('users.set_password_title', { name })}</Heading>
        <Content>
          <Form id="set-password" onSubmit={submit} validationBehavior="aria">
            {update.error && mistake === undefined && (
              <InlineAlert variant="negative" autoFocus>
                <Heading>{t('users.not_saved')}</Heading>
                <Content>{problemText(t, update.error)}</Content>
              </InlineAlert>
            )}
            {/* Tells password managers whose password it is. */}
            <input hidden readOnly type="email" autoComplete="username" value={user.email} />
            <PasswordField
              value={password}
              onChange={(value) => {
                setPassword(value);
                setMistake(undefined);
              }}
              error={mistake}
            />
          </Form>
        </Content>
        <ButtonGroup>
          <Button variant="secondary" onPress={onClose}>
            {t('shell.cancel')}
          </Button>
          <Button variant="accent" type="submit" form="set-password" isPending={update.isPending}>
            {t('users.set_password_submit')}
          </Button>
        </ButtonGroup>
      </Dialog>
    </DialogContainer>
  );
}
