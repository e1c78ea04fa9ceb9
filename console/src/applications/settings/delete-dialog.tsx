import { useApplications, useDeleteApplication } from '../../api/applications.ts';
import type { Application } from '../../api/types.ts';
import { useText } from '../../intl/text.ts';
import { NamedDeletionDialog } from '../../ui/deletion-dialog.tsx';
import { useLeaveDeleted } from '../../ui/use-leave-deleted.ts';

/** The list counts no further. */
const mostCounted = 1000;

/** Says what ends with the application, and deletes it once its name was typed. */
export function DeleteDialog({ application, onClose }: { application: Application; onClose: () => void }) {
  const { id, name } = application;
  return (
    <NamedDeletionDialog
      name={name}
      ends={<WhatEnds application={application} />}
      remove={useDeleteApplication(id, useLeaveDeleted(name, '/applications'))}
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
