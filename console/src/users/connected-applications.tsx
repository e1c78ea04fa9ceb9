import { useRef } from 'react';
import { Link } from 'react-router';
import { useApplications } from '../api/applications.ts';
import type { Authorization, User } from '../api/types.ts';
import { useAuthorizationsOfUser } from '../api/users.ts';
import { AuthorizationFacts } from '../applications/users/authorization-facts.tsx';
import list from '../applications/users/authorizations.module.css';
import { EndAccessButton } from '../applications/users/end-access-button.tsx';
import { useText } from '../intl/text.ts';
import { AppLogo } from '../ui/app-logo.tsx';
import { ErrorView } from '../ui/error-view.tsx';
import { Loading } from '../ui/loading.tsx';
import { Section } from '../ui/page.tsx';
import { ShowMore } from '../ui/show-more.tsx';

/** What a user allowed to act for them. */
export function ConnectedApplications({ user }: { user: User }) {
  const t = useText();
  const { name } = user;
  const query = useAuthorizationsOfUser(user.id);
  const authorizations = query.data?.pages.flatMap(({ data }) => data) ?? [];
  const listed = useRef<HTMLDivElement>(null);
  return (
    <Section title={t('users.connected')} description={t('users.connected_text', { name })}>
      {/* What was focused goes with the row that it was in. */}
      <div ref={listed} tabIndex={-1} className={list['listed']}>
        {query.isPending ? (
          <Loading />
        ) : !query.data ? (
          <ErrorView error={query.error} retry={() => void query.refetch()} />
        ) : authorizations.length === 0 ? (
          <p className={list['nobody']}>{t('users.connected_none', { name })}</p>
        ) : (
          <ul className={list['authorizations']} aria-label={t('users.connected')}>
            {authorizations.map((authorization) => (
              <ConnectedApplication
                key={authorization.id}
                authorization={authorization}
                onEnded={() => listed.current?.focus()}
              />
            ))}
          </ul>
        )}
        <ShowMore list={query} />
      </div>
    </Section>
  );
}

function ConnectedApplication(props: { authorization: Authorization; onEnded: () => void }) {
  const { authorization, onEnded } = props;
  const { id, name } = authorization.application;
  const { data } = useApplications();
  const logo_uri = data?.data.find((application) => application.id === id)?.logo_uri ?? null;
  return (
    <li>
      <div className={list['who']}>
        <AppLogo application={{ name, logo_uri }} />
        <div>
          <Link to={`/applications/${id}`}>{name}</Link>
        </div>
      </div>
      <AuthorizationFacts authorization={authorization} />
      <EndAccessButton authorization={authorization} whose="application" onEnded={onEnded} />
    </li>
  );
}
