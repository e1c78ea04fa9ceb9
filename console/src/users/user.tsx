import { Link } from '@react-spectrum/s2/Link';
import { useParams } from 'react-router';
import { useMe } from '../api/me.ts';
import { useUser } from '../api/users.ts';
import { useText } from '../intl/text.ts';
import { ErrorView } from '../ui/error-view.tsx';
import { Loading } from '../ui/loading.tsx';
import { Monogram } from '../ui/monogram.tsx';
import { Page } from '../ui/page.tsx';
import parts from '../ui/parts.module.css';
import { UserAccess } from './access.tsx';
import { UserActivity } from './activity.tsx';
import { ConnectedApplications } from './connected-applications.tsx';
import { UserHints } from './hints.tsx';
import { UserIdentities } from './identities.tsx';
import { UserIdentity } from './identity.tsx';
import { UserPersonalData } from './personal-data.tsx';
import { UserProfile } from './profile.tsx';
import { UserStatus } from './status.tsx';
import { roleNames } from './words.ts';

/** A user: who they are, whether they can sign in, what they allowed, and what happened. */
export function Component() {
  const t = useText();
  const { id = '' } = useParams();
  const { data: user, error, refetch } = useUser(id);
  const me = useMe();
  const back = (
    <Link href="/users" isQuiet>
      {t('users.back')}
    </Link>
  );
  if (!user)
    return (
      <Page title={t('users.one')} before={back}>
        {error ? <ErrorView error={error} retry={() => void refetch()} /> : <Loading />}
      </Page>
    );
  return (
    <Page
      title={user.name}
      before={back}
      image={<Monogram name={user.name} size="large" />}
      description={
        <span className={parts['facts']}>
          {user.email}
          <span>{t(roleNames[user.role])}</span>
          <UserStatus user={user} />
          {!user.has_password && <span>{t('users.no_password')}</span>}
        </span>
      }
    >
      <UserHints user={user} isSelf={user.id === me.id} />
      {/* With another user it begins anew. */}
      <UserProfile key={user.id} user={user} />
      <UserIdentity user={user} />
      <UserIdentities user={user} />
      <UserAccess user={user} isSelf={user.id === me.id} />
      <ConnectedApplications user={user} />
      <UserActivity key={`${user.id} activity`} user={user} />
      <UserPersonalData user={user} isSelf={user.id === me.id} />
    </Page>
  );
}
