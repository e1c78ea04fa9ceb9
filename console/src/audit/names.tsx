import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useApplications } from '../api/applications.ts';
import { useNameOfDeletedApplication } from '../api/audit-events.ts';
import type { AuditEvent } from '../api/types.ts';
import { useUser } from '../api/users.ts';
import { useText } from '../intl/text.ts';
import styles from './events.module.css';

/** Who did something: a user, an application, or the system itself. */
export function Actor({ actor }: { actor: AuditEvent['actor'] }) {
  const t = useText();
  if (actor.type === 'user') return <UserName id={actor.id} />;
  if (actor.type === 'application') return <ApplicationName id={actor.id} />;
  return <Name>{t('audit.system')}</Name>;
}

/** A user's name, which leads to the user. */
export function UserName({ id }: { id: string | null }) {
  const t = useText();
  const { data: user } = useUser(id);
  if (!user) return <Name>{t('audit.some_user')}</Name>;
  return (
    <Link className={styles['name'] ?? ''} to={`/users/${user.id}`}>
      {user.name}
    </Link>
  );
}

/** An application's name, which leads to it as long as it is there. */
export function ApplicationName({ id }: { id: string | null }) {
  const t = useText();
  const { data: list } = useApplications();
  const application = list?.data.find((each) => each.id === id);
  const { data: deleted } = useNameOfDeletedApplication(list && !application ? id : null);
  if (!application) return <Name>{deleted ?? t('audit.some_application')}</Name>;
  return (
    <Link className={styles['name'] ?? ''} to={`/applications/${application.id}`}>
      {application.name}
    </Link>
  );
}

/** The application that calls itself so at the protocol; what it calls itself when there is none. */
export function ClientName({ clientId }: { clientId: string }) {
  const { data: list } = useApplications();
  const application = list?.data.find(({ client_id }) => client_id === clientId);
  return application ? <ApplicationName id={application.id} /> : <Name>{clientId}</Name>;
}

/** A name that leads nowhere. */
export function Name({ children }: { children: ReactNode }) {
  return <strong className={styles['name']}>{children}</strong>;
}
