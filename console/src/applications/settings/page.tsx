import { useApis } from '../../api/apis.ts';
import { useInstance } from '../../api/instance.ts';
import { ErrorView } from '../../ui/error-view.tsx';
import { Loading } from '../../ui/loading.tsx';
import { useApplication } from '../application/page.tsx';
import { DangerZone } from './danger-zone.tsx';
import { SettingsForm } from './settings-form.tsx';

/** *Settings*: every field of the application's type, and what stops it. */
export function Component() {
  const application = useApplication();
  const { data: instance, error: instanceError, refetch: askInstance } = useInstance();
  const { data: apis, error: apisError, refetch: askApis } = useApis();
  if (!instance || !apis) {
    const error = instanceError ?? apisError;
    const retry = () => {
      if (!instance) void askInstance();
      if (!apis) void askApis();
    };
    return error ? <ErrorView error={error} retry={retry} /> : <Loading />;
  }
  return (
    <>
      <SettingsForm key={application.id} application={application} instance={instance} apis={apis} />
      <DangerZone application={application} />
    </>
  );
}
