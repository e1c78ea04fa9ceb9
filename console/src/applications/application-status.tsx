import { StatusLight } from '@react-spectrum/s2/StatusLight';
import type { Application } from '../api/types.ts';
import { useText } from '../intl/text.ts';

/** Whether an application can be used. */
export function ApplicationStatus({ application }: { application: Pick<Application, 'enabled'> }) {
  const t = useText();
  return (
    <StatusLight variant={application.enabled ? 'positive' : 'neutral'}>
      {t(application.enabled ? 'applications.enabled' : 'applications.disabled')}
    </StatusLight>
  );
}
