import { useApplication } from '../application/page.tsx';
import { ConnectedUsers } from './connected-users.tsx';
import { MachineUsers } from './machine-users.tsx';

/** An application's *Users*: who connected to it, or for whom its keys act. */
export function Component() {
  const application = useApplication();
  return application.type === 'machine' ? (
    <MachineUsers application={application} />
  ) : (
    <ConnectedUsers application={application} />
  );
}
