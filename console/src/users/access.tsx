import { AlertDialog, DialogTrigger } from '@react-spectrum/s2/AlertDialog';
import { Button } from '@react-spectrum/s2/Button';
import { type ReactNode, useState } from 'react';
import { leaveForSignIn } from '../api/client.ts';
import type { User } from '../api/types.ts';
import { useEndSessions, useUpdateUser } from '../api/users.ts';
import { useText } from '../intl/text.ts';
import { Act } from '../ui/act.tsx';
import { Confirmed } from '../ui/confirmed.tsx';
import { Section } from '../ui/page.tsx';
import { showDone, showProblem } from '../ui/toasts.ts';
import { SetPasswordDialog } from './set-password.tsx';

/** Whether and with which password a user can sign in, and where they are signed in. */
export function UserAccess({ user, isSelf }: { user: User; isSelf: boolean }) {
  const t = useText();
  const [isSetting, setSetting] = useState(false);
  const link = (chunks: ReactNode[]) => <a href="/account">{chunks}</a>;
  return (
    <Section title={t('users.access')}>
      <Act
        title={t('users.password')}
        text={
          isSelf
            ? t.rich('users.own_password', { link })
            : t(user.has_password ? 'users.set_password_text' : 'users.no_password_text')
        }
      >
        {!isSelf && (
          <Button variant="secondary" onPress={() => setSetting(true)}>
            {t(user.has_password ? 'users.set_password' : 'users.give_password')}
          </Button>
        )}
      </Act>
      <Sessions user={user} isSelf={isSelf} />
      {user.active ? <Deactivation user={user} isSelf={isSelf} /> : <Activation user={user} />}
      {isSetting && <SetPasswordDialog user={user} onClose={() => setSetting(false)} />}
    </Section>
  );
}

function Sessions({ user, isSelf }: { user: User; isSelf: boolean }) {
  const t = useText();
  const { name } = user;
  const ending = useEndSessions(user.id);
  const end = () =>
    ending.mutate(undefined, {
      onError: showProblem(t),
      onSuccess: () => (isSelf ? leaveForSignIn() : showDone(t('users.sessions_ended', { name }))),
    });
  return (
    <Act title={t('users.sessions')} text={t('users.sessions_text')}>
      <Confirmed
        button={
          <Button variant="negative" fillStyle="outline" isPending={ending.isPending}>
            {t('users.end_sessions')}
          </Button>
        }
        title={t('users.end_sessions_title', { name })}
        act={t('users.end_sessions')}
        onConfirm={end}
      >
        {t(isSelf ? 'users.end_sessions_self_confirm' : 'users.end_sessions_confirm', { name })}
      </Confirmed>
    </Act>
  );
}

function Deactivation({ user, isSelf }: { user: User; isSelf: boolean }) {
  const t = useText();
  const { name } = user;
  const update = useUpdateUser(user.id);
  const deactivate = () =>
    update.mutate(
      { active: false },
      { onError: showProblem(t), onSuccess: () => showDone(t('users.deactivated', { name })) },
    );
  return (
    <Act title={t('users.deactivate')} text={t('users.deactivate_text')}>
      <Confirmed
        button={
          <Button variant="negative" fillStyle="outline" isPending={update.isPending}>
            {t('users.deactivate')}
          </Button>
        }
        title={t('users.deactivate_title', { name })}
        act={t('users.deactivate')}
        onConfirm={deactivate}
      >
        {isSelf ? t('users.deactivate_self_confirm') : t('users.deactivate_confirm', { name })}
      </Confirmed>
    </Act>
  );
}

function Activation({ user }: { user: User }) {
  const t = useText();
  const { name } = user;
  const update = useUpdateUser(user.id);
  const activate = () =>
    update.mutate(
      { active: true },
      { onError: showProblem(t), onSuccess: () => showDone(t('users.activated', { name })) },
    );
  return (
    <Act title={t('users.activate')} text={t('users.activate_text', { name })}>
      <DialogTrigger>
        <Button variant="accent" isPending={update.isPending}>
          {t('users.activate')}
        </Button>
        <AlertDialog
          title={t('users.activate_title', { name })}
          primaryActionLabel={t('users.activate')}
          cancelLabel={t('shell.cancel')}
          onPrimaryAction={activate}
        >
          {t('users.activate_confirm', { name })}
        </AlertDialog>
      </DialogTrigger>
    </Act>
  );
}
