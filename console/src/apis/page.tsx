import { Button } from '@react-spectrum/s2/Button';
import { lazy, Suspense, useState } from 'react';
import { maxApis } from '../../../server/model/api.ts';
import { useApis } from '../api/apis.ts';
import { useText } from '../intl/text.ts';
import { ErrorView } from '../ui/error-view.tsx';
import { Loading } from '../ui/loading.tsx';
import { Page } from '../ui/page.tsx';
import styles from './apis.module.css';
import { ApiTable } from './table.tsx';

/** A part of the build of its own: most visits to the list add no API. */
const NewApiDialog = lazy(() => import('./new-dialog.tsx'));

/** APIs: what access tokens are for. */
export function Component() {
  const t = useText();
  const { data: apis, error, refetch } = useApis();
  const [isAdding, setAdding] = useState(false);
  const isFull = apis !== undefined && apis.length >= maxApis;
  return (
    <Page
      title={t('apis.title')}
      description={t('apis.description')}
      actions={
        <Button variant="accent" isDisabled={apis === undefined || isFull} onPress={() => setAdding(true)}>
          {t('apis.add')}
        </Button>
      }
    >
      {isFull && <p className={styles['muted']}>{t('problems.api_limit_reached')}</p>}
      {apis ? (
        <ApiTable apis={apis} />
      ) : error ? (
        <ErrorView error={error} retry={() => void refetch()} />
      ) : (
        <Loading />
      )}
      {isAdding && (
        <Suspense>
          <NewApiDialog onClose={() => setAdding(false)} />
        </Suspense>
      )}
    </Page>
  );
}
