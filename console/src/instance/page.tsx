import { useInstance } from '../api/instance.ts';
import { useText } from '../intl/text.ts';
import { ErrorView } from '../ui/error-view.tsx';
import { Loading } from '../ui/loading.tsx';
import { Page } from '../ui/page.tsx';
import { EndpointsSection } from './endpoints.tsx';
import { InstanceForm } from './form.tsx';
import { ScopesSection } from './scopes.tsx';

/** Instance: the settings of the place as a whole. */
export function Component() {
  const t = useText();
  const { data: instance, error, refetch } = useInstance();
  return (
    <Page title={t('instance.title')} description={t('instance.description')}>
      {instance ? (
        <>
          <InstanceForm instance={instance} />
          <ScopesSection instance={instance} />
          <EndpointsSection instance={instance} />
        </>
      ) : error ? (
        <ErrorView error={error} retry={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </Page>
  );
}
