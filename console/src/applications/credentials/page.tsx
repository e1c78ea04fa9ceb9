import { useApplication } from '../application/page.tsx';
import { ClientIdSection } from './client-id.tsx';
import { KeySection } from './keys/section.tsx';
import { NoSecrets } from './no-secrets.tsx';
import { SecretSection } from './secrets/section.tsx';

/** What an application proves itself with: client ID, client secrets, public keys. */
export function Component() {
  const application = useApplication();
  return (
    <>
      <ClientIdSection clientId={application.client_id} />
      {application.type === 'spa' ? (
        <NoSecrets application={application} />
      ) : (
        <>
          <SecretSection application={application} />
          <KeySection application={application} />
        </>
      )}
    </>
  );
}
