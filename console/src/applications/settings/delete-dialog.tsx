import { useNavigate } from 'react-router';
import { useApplications, useDeleteApplication } from '../../api/applications.ts';
import type { Application } from '../../api/types.ts';
import { useText } from '../../intl/text.ts';
import { DeletionDialog } from '../../ui/deletion-dialog.tsx';
import { showDone } from '../../ui/toasts.ts';

/** The list counts no further. */
const mostCounted = 1000;

/** Says what ends with the application, and deletes it once its name was typed. */
export function DeleteDialog({ application, onClose }: { application: Application; onClose: () => void }) {
  const t = useText();
  const navigate = useNavigate();
  const { name } = application;
  const remove = useDeleteApplication(application.id, () => {
    showDone(t('settings.deleted', { name }));
    return navigate('/applications', { state: { isDeleted: true } });
  });
  return (
    <DeletionDialog
      title={t('settings.delete_confirm_title', { name })}
      ends={<WhatEnds application={application} />}
      called={{
        label: t('settings.delete_type_name'),
        description: t.rich('settings.delete_name_is', { name }),
        mistake: t.rich('settings.delete_name_differs', { name }),
        isTyped: (text) => text.normalize() === name.trim().normalize(),
      }}
      isPending={remove.isPending}
      error={remove.error}
      onDelete={() => remove.mutate()}
      onClose={onClose}
    />
  );
}

function WhatEnds({ application }: { application: Application }) {
  const t = useText();
  const { data: list } = useApplications();
  const users = list?.data.find(({ id }) => id === application.id)?.user_count;
  const { secrets = [], public_keys: keys = [] } = application;
  return (
    <>
      {application.type !== 'machine' && users !== undefined && (
        <li>
          {t(users < mostCounted ? 'settings.delete_users' : 'settings.delete_users_many', { count: users })}
        </li>
      )}
      {secrets.length > 0 && <li>{t('settings.delete_secrets', { count: secrets.length })}</li>}
      {keys.length > 0 && <li>{t('settings.delete_keys', { count: keys.length })}</li>}
      <li>{t('settings.delete_client_id')}</li>
    </>
  );
}
