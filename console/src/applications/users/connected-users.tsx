import { Content, Heading, IllustratedMessage } from '@react-spectrum/s2/IllustratedMessage';
import { SearchField } from '@react-spectrum/s2/SearchField';
import { type ReactNode, useRef, useState } from 'react';
import { Link } from 'react-router';
import { useAuthorizationsOfApplication } from '../../api/authorizations.ts';
import type { Application, Authorization } from '../../api/types.ts';
import { useText } from '../../intl/text.ts';
import { useDebounced } from '../../ui/debounced.ts';
import { ErrorView } from '../../ui/error-view.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Monogram } from '../../ui/monogram.tsx';
import { Section } from '../../ui/page.tsx';
import { ShowMore } from '../../ui/show-more.tsx';
import { AuthorizationFacts } from './authorization-facts.tsx';
import styles from './authorizations.module.css';
import { EndAccessButton } from './end-access-button.tsx';
import { EndAllButton } from './end-all-button.tsx';

/** Who allowed the application to act for them. */
export function ConnectedUsers({ application }: { application: Application }) {
  const t = useText();
  const [typed, setTyped] = useState('');
  const search = useDebounced(typed.trim());
  const list = useAuthorizationsOfApplication(application.id, search);
  const authorizations = list.data?.pages.flatMap(({ data }) => data) ?? [];
  const listed = useRef<HTMLDivElement>(null);
  // What was focused goes with the row that it was in.
  const keepFocus = () => listed.current?.focus();

  if (list.isPending) return <Loading />;
  if (!list.data) return <ErrorView error={list.error} retry={() => void list.refetch()} />;
  const isEmpty = authorizations.length === 0 && typed === '';
  return (
    <div ref={listed} tabIndex={-1} className={styles['listed']}>
      {isEmpty ? (
        <Nobody application={application} />
      ) : (
        <Section
          title={t('people.users')}
          description={t('people.users_text', { application: application.name })}
          actions={<EndAllButton application={application} onEnded={keepFocus} />}
        >
          <SearchField
            aria-label={t('people.search')}
            placeholder={t('people.search')}
            value={typed}
            onChange={setTyped}
            UNSAFE_style={{ width: 'min(24rem, 100%)' }}
          />
          <p role="status" className={authorizations.length === 0 ? styles['nobody'] : 'visually-hidden'}>
            {authorizations.length === 0 && t('people.nobody_found')}
          </p>
          <ul
            className={styles['authorizations']}
            aria-busy={list.isPlaceholderData}
            aria-label={t('people.users')}
          >
            {authorizations.map((authorization) => (
              <ConnectedUser key={authorization.id} authorization={authorization} onEnded={keepFocus} />
            ))}
          </ul>
          <ShowMore list={list} />
        </Section>
      )}
    </div>
  );
}

function ConnectedUser(props: { authorization: Authorization; onEnded: () => void }) {
  const { authorization, onEnded } = props;
  const { user } = authorization;
  return (
    <li>
      <div className={styles['who']}>
        <Monogram name={user.name} />
        <div>
          <Link to={`/users/${user.id}`}>{user.name}</Link>
          <span>{user.email}</span>
        </div>
      </div>
      <AuthorizationFacts authorization={authorization} />
      <EndAccessButton authorization={authorization} whose="user" onEnded={onEnded} />
    </li>
  );
}

function Nobody({ application }: { application: Application }) {
  const t = useText();
  const link = (chunks: ReactNode[]) => <Link to={`/applications/${application.id}/connect`}>{chunks}</Link>;
  return (
    <Section title={t('people.users')}>
      <div className={styles['none']}>
        <IllustratedMessage>
          <Heading level={3}>{t('people.none_title')}</Heading>
          <Content>{t.rich('people.none_text', { application: application.name, link })}</Content>
        </IllustratedMessage>
      </div>
    </Section>
  );
}
