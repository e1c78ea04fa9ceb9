import { Badge } from '@react-spectrum/s2/Badge';
import { Link } from '@react-spectrum/s2/Link';
import { useParams } from 'react-router';
import { useApi } from '../api/apis.ts';
import { useInstance } from '../api/instance.ts';
import { Problem } from '../api/problem.ts';
import { useText } from '../intl/text.ts';
import { Copyable } from '../ui/copyable.tsx';
import { ErrorView } from '../ui/error-view.tsx';
import { Loading } from '../ui/loading.tsx';
import { Page } from '../ui/page.tsx';
import parts from '../ui/parts.module.css';
import { CheckSection } from './check/section.tsx';
import { ClientsSection } from './clients.tsx';
import { DeletionSection } from './deletion.tsx';
import { ApiForm } from './form.tsx';
import { ScopesSection } from './scopes.tsx';

/** An API: its settings, its scopes, who may ask for them, and how to check its tokens. */
export function Component() {
  const t = useText();
  const { id = '' } = useParams();
  const { data: api, isFetched, error, refetch } = useApi(id);
  const { data: instance } = useInstance();
  const back = (
    <Link href="/apis" isQuiet>
      {t('apis.title')}
    </Link>
  );
  if (!api || !instance) {
    const problem = isFetched && !api ? notFound : error;
    return (
      <Page title={t('apis.one')} before={back}>
        {problem ? <ErrorView error={problem} retry={() => void refetch()} /> : <Loading />}
      </Page>
    );
  }
  return (
    <Page
      title={api.name}
      before={back}
      description={
        <span className={parts['facts']}>
          <Copyable text={api.identifier} what={t('apis.identifier')} />
          {api.is_default && (
            <>
              <Badge variant="informative" fillStyle="subtle" size="S">
                {t('apis.is_default')}
              </Badge>
              <span>{t('apis.default_about')}</span>
            </>
          )}
        </span>
      }
    >
      <ScopesSection api={api} />
      <ApiForm key={api.id} api={api} />
      <ClientsSection api={api} />
      <CheckSection api={api} issuer={instance.url} />
      {!api.is_default && <DeletionSection api={api} />}
    </Page>
  );
}

const notFound = new Problem({ status: 404, code: 'api_not_found', detail: 'There is no API with this ID.' });
