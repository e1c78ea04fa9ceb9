import { Button } from '@react-spectrum/s2/Button';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { emailKey } from '../../../server/model/email.ts';
import type { User } from '../api/types.ts';
import { exportOf, useDeleteUser } from '../api/users.ts';
import { useText } from '../intl/text.ts';
import { Act } from '../ui/act.tsx';
import { DeletionDialog } from '../ui/deletion-dialog.tsx';
import { Section } from '../ui/page.tsx';
import { showDone } from '../ui/toasts.ts';

/** All that is known of a user, to take away or to delete. */
export function UserPersonalData({ user, isSelf }: { user: User; isSelf: boolean }) {
  const t = useText();
  const [isDeleting, setDeleting] = useState(false);
  return (
    <Section title={t('users.data')}>
      <Act title={t('users.export')} text={t('users.export_text', { name: user.name })}>
        <a href={exportOf(user.id)} download={`user-${user.id}.json`}>
          {t('users.export_download')}
        </a>
      </Act>
      <Act title={t('users.delete')} text={t('users.delete_text')}>
        <Button variant="negative" onPress={() => setDeleting(true)}>
          {t('settings.delete')}
        </Button>
      </Act>
      {isDeleting && <DeleteUserDialog user={user} isSelf={isSelf} onClose={() => setDeleting(false)} />}
    </Section>
  );
}

function DeleteUserDialog(props: { user: User; isSelf: boolean; onClose: () => void }) {
  const { user, isSelf, onClose } = props;
  const t = useText();
  const navigate = useNavigate();
  const { name, email } = user;
  const remove = useDeleteUser(user.id, () => {
    if (isSelf) {
      location.assign('/login');
      return new Promise<never>(() => {});
    }
    showDone(t('settings.deleted', { name }));
    return navigate('/users', { state: { isDeleted: true } });
  });
  return (
    <DeletionDialog
      title={t('settings.delete_confirm_title', { name })}
      ends={
        <>
          <li>{t(isSelf ? 'users.delete_self' : 'users.delete_account', { name })}</li>
          <li>{t('users.delete_access')}</li>
          <li>{t('users.delete_log')}</li>
        </>
      }
      called={{
        label: t('users.delete_type_email'),
        description: t.rich('users.delete_email_is', { email }),
        mistake: t.rich('users.delete_email_differs', { email }),
        isTyped: (text) => emailKey(text) === emailKey(email),
      }}
      isPending={remove.isPending}
      error={remove.error}
      onDelete={() => remove.mutate()}
      onClose={onClose}
    />
  );
}
