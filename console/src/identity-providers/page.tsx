import { Button } from '@react-spectrum/s2/Button';
import { lazy, Suspense, useState } from 'react';
import { maxProviders } from '../../../server/model/identity-provider-rules.ts';
import { useIdentityProviders } from '../api/identity-providers.ts';
import { useInstance } from '../api/instance.ts';
import { useText } from '../intl/text.ts';
import { ErrorView } from '../ui/error-view.tsx';
import { Loading } from '../ui/loading.tsx';
import { Page } from '../ui/page.tsx';
import styles from './identity-providers.module.css';
import { PasswordSignIn } from './password-sign-in.tsx';
import { ProviderTable } from './table.tsx';

/** A part of the build of its own: most visits to the list add no provider. */
const NewProviderDialog = lazy(() => import('./new-dialog.tsx'));

/** Identity providers: who else may say who somebody is, and who may still use a password. */
export function Component() {
  const t = useText();
  const { data: providers, error, refetch } = useIdentityProviders();
  const { data: instance } = useInstance();
  const [isAdding, setAdding] = useState(false);
  const isFull = providers !== undefined && providers.length >= maxProviders;
  return (
    <Page
      title={t('providers.title')}
      description={t('providers.description')}
      actions={
        <Button
          variant="accent"
          isDisabled={providers === undefined || isFull}
          onPress={() => setAdding(true)}
        >
          {t('providers.add')}
        </Button>
      }
    >
      {isFull && <p className={styles['muted']}>{t('problems.identity_provider_limit_reached')}</p>}
      {providers ? (
        <ProviderTable providers={providers} />
      ) : error ? (
        <ErrorView error={error} retry={() => void refetch()} />
      ) : (
        <Loading />
      )}
      {providers && instance && <PasswordSignIn providers={providers} instance={instance} />}
      {isAdding && (
        <Suspense>
          <NewProviderDialog onClose={() => setAdding(false)} />
        </Suspense>
      )}
    </Page>
  );
}
