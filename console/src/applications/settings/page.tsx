import { useInstance } from '../../api/instance.ts';
import { ErrorView } from '../../ui/error-view.tsx';
import { Loading } from '../../ui/loading.tsx';
import { useApplication } from '../application/page.tsx';
import { DangerZone } from './danger-zone.tsx';
import { SettingsForm } from './settings-form.tsx';

/** *Settings*: every field of the application's type, and what stops it. */
export function Component() {
  const application = useApplication();
  const { data: instance, error, refetch } = useInstance();
  if (!instance) return error ? <ErrorView error={error} retry={() => void refetch()} /> : <Loading />;
  return (
    <>
      <SettingsForm key={application.id} application={application} instance={instance} />
      <DangerZone application={application} />
    </>
  );
}
