import { lazy, Suspense, useState } from 'react';
import { useApplications } from '../../api/applications.ts';
import { useText } from '../../intl/text.ts';
import { ErrorView } from '../../ui/error-view.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { CreateButton } from './create-button.tsx';
import { EmptyList } from './empty.tsx';
import { ApplicationTable } from './table.tsx';

/** A part of the build of its own: most visits to the list make no application. */
const NewApplicationDialog = lazy(() => import('../new/dialog.tsx'));

/** OAuth2 Applications: what is registered, and the way to register more. */
export function Component() {
  const t = useText();
  const { data: list, error, refetch } = useApplications();
  const [isCreating, setCreating] = useState(false);
  const isFull = list !== undefined && list.total >= list.max_applications;
  const create = (
    <CreateButton isFull={isFull} limit={list?.max_applications} onPress={() => setCreating(true)} />
  );
  return (
    <Page
      title={t('applications.title')}
      description={t('applications.description')}
      actions={list && list.total > 0 && create}
    >
      {error && !list ? (
        <ErrorView error={error} retry={() => void refetch()} />
      ) : !list ? (
        <Loading />
      ) : list.total === 0 ? (
        <EmptyList action={create} />
      ) : (
        <ApplicationTable list={list} />
      )}
      {isCreating && (
        <Suspense>
          <NewApplicationDialog onClose={() => setCreating(false)} />
        </Suspense>
      )}
    </Page>
  );
}
