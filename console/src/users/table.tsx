import { Cell, Column, Row, TableBody, TableHeader, TableView } from '@react-spectrum/s2/TableView';
import { useIntl } from 'react-intl';
import { useNavigate } from 'react-router';
import { useMe } from '../api/me.ts';
import type { User } from '../api/types.ts';
import { useText } from '../intl/text.ts';
import { Ago, Day } from '../intl/time.tsx';
import { Monogram } from '../ui/monogram.tsx';
import { useNarrow } from '../ui/narrow.ts';
import parts from '../ui/parts.module.css';
import { UserStatus } from './status.tsx';
import styles from './users.module.css';
import { languageName, roleNames } from './words.ts';

/** The users that were found, to open. */
export function UserTable({ users }: { users: readonly User[] }) {
  const t = useText();
  const intl = useIntl();
  const navigate = useNavigate();
  const isNarrow = useNarrow();
  const me = useMe();
  return (
    <TableView
      aria-label={t('users.title')}
      onAction={(id) => void navigate(`/users/${id}`)}
      overflowMode="wrap"
      density="spacious"
      UNSAFE_style={{ width: '100%' }}
    >
      <TableHeader>
        <Column id="name" isRowHeader minWidth={200} defaultWidth="3fr">
          {t('users.name')}
        </Column>
        {!isNarrow && (
          <Column id="role" minWidth={130} defaultWidth="1fr">
            {t('users.role')}
          </Column>
        )}
        <Column id="status" minWidth={125} defaultWidth="1fr">
          {t('users.status')}
        </Column>
        {!isNarrow && (
          <Column id="language" minWidth={155} defaultWidth="1fr">
            {t('users.language')}
          </Column>
        )}
        {!isNarrow && (
          <Column id="last_active" minWidth={145} defaultWidth="1fr">
            {t('users.last_active')}
          </Column>
        )}
        {!isNarrow && (
          <Column id="created" minWidth={120} defaultWidth="1fr">
            {t('users.created')}
          </Column>
        )}
      </TableHeader>
      <TableBody
        items={users}
        dependencies={[isNarrow, intl.locale, me.id]}
        renderEmptyState={() => <p className={parts['nothing']}>{t('users.nobody_found')}</p>}
      >
        {(user) => (
          <Row id={user.id} textValue={user.name}>
            <Cell textValue={user.name}>
              <span className={styles['who']}>
                <Monogram name={user.name} />
                <span>
                  <strong>
                    {user.name}
                    {user.id === me.id && ` (${t('users.you')})`}
                  </strong>
                  <span>{user.email}</span>
                </span>
              </span>
            </Cell>
            {!isNarrow && <Cell>{t(roleNames[user.role])}</Cell>}
            <Cell>
              <UserStatus user={user} />
            </Cell>
            {!isNarrow && <Cell>{languageName(t, user.locale)}</Cell>}
            {!isNarrow && (
              <Cell>
                {user.last_active_at === null ? t('users.never') : <Ago at={user.last_active_at} />}
              </Cell>
            )}
            {!isNarrow && (
              <Cell>
                <Day at={user.created_at} />
              </Cell>
            )}
          </Row>
        )}
      </TableBody>
    </TableView>
  );
}
