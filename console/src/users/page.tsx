import { Button } from '@react-spectrum/s2/Button';
import { SearchField } from '@react-spectrum/s2/SearchField';
import { useState } from 'react';
import { useUsers } from '../api/users.ts';
import { useText } from '../intl/text.ts';
import { useDebounced } from '../ui/debounced.ts';
import { ErrorView } from '../ui/error-view.tsx';
import { Loading } from '../ui/loading.tsx';
import { Page } from '../ui/page.tsx';
import { ShowMore } from '../ui/show-more.tsx';
import { AddUserDialog } from './add-dialog.tsx';
import { RoleFilter, StatusFilter } from './filters.tsx';
import { useSearchInUrl } from './search-in-url.ts';
import { UserTable } from './table.tsx';
import styles from './users.module.css';

/** Users: who can sign in, to search and to open, and the way to add more. */
export function Component() {
  const t = useText();
  const { search, role, active, change } = useSearchInUrl();
  const list = useUsers({ search: useDebounced(search.trim()), role, active });
  const [isAdding, setAdding] = useState(false);
  const users = list.data?.pages.flatMap(({ data }) => data) ?? [];
  return (
    <Page
      title={t('users.title')}
      description={t('users.description')}
      actions={
        <Button variant="accent" onPress={() => setAdding(true)}>
          {t('users.add')}
        </Button>
      }
    >
      <div className={styles['tools']}>
        <SearchField
          aria-label={t('users.search')}
          placeholder={t('users.search')}
          value={search}
          onChange={(text) => change({ search: text })}
          UNSAFE_style={{ width: 'min(22rem, 100%)' }}
        />
        <RoleFilter value={role} onChange={(value) => change({ role: value })} />
        <StatusFilter value={active} onChange={(value) => change({ active: value })} />
      </div>
      {list.isPending ? (
        <Loading />
      ) : list.data ? (
        <div className={styles['list']} aria-busy={list.isPlaceholderData}>
          <UserTable users={users} />
          <ShowMore list={list} />
        </div>
      ) : (
        <ErrorView error={list.error} retry={() => void list.refetch()} />
      )}
      {isAdding && <AddUserDialog onClose={() => setAdding(false)} />}
    </Page>
  );
}
