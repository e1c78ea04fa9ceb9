import { Content, Heading, InlineAlert } from '@react-spectrum/s2/InlineAlert';
import { Link } from '@react-spectrum/s2/Link';
import { useParams } from 'react-router';
import { useIdentityProvider } from '../api/identity-providers.ts';
import { useInstance } from '../api/instance.ts';
import { useText } from '../intl/text.ts';
import { Ago, Moment } from '../intl/time.tsx';
import { ErrorView } from '../ui/error-view.tsx';
import { Loading } from '../ui/loading.tsx';
import { Page } from '../ui/page.tsx';
import parts from '../ui/parts.module.css';
import { AddressesSection } from './addresses.tsx';
import { DeletionSection } from './deletion.tsx';
import { ProviderForm } from './form.tsx';
import styles from './identity-providers.module.css';
import { ScimSection } from './scim.tsx';
import { hasFailedLast, ProviderStatus } from './table.tsx';
import { providerTypes } from './types.ts';

/** An identity provider: what to enter there, its settings, who comes by it, and how to try it. */
export function Component() {
  const t = useText();
  const { id = '' } = useParams();
  const { data: provider, error, refetch } = useIdentityProvider(id);
  const { data: instance } = useInstance();
  const back = (
    <Link href="/identity-providers" isQuiet>
      {t('providers.title')}
    </Link>
  );
  if (!provider || !instance)
    return (
      <Page title={t('providers.one')} before={back}>
        {error ? <ErrorView error={error} retry={() => void refetch()} /> : <Loading />}
      </Page>
    );
  return (
    <Page
      title={provider.name}
      before={back}
      description={
        <span className={parts['facts']}>
          <span>{t(providerTypes[provider.type].label)}</span>
          <ProviderStatus provider={provider} />
          <span>
            {provider.last_used_at === null
              ? t('providers.never_used')
              : t.rich('providers.used', { ago: <Ago key="ago" at={provider.last_used_at} /> })}
          </span>
        </span>
      }
    >
      {provider.last_error !== null && provider.last_error_at !== null && (
        <InlineAlert variant={hasFailedLast(provider) ? 'notice' : 'neutral'}>
          <Heading>{t(hasFailedLast(provider) ? 'providers.failed' : 'providers.failed_before')}</Heading>
          <Content>
            <span lang="en">{provider.last_error}</span>{' '}
            <span className={styles['muted']}>
              <Moment at={provider.last_error_at} />
            </span>
          </Content>
        </InlineAlert>
      )}
      {!provider.enabled && (
        <InlineAlert variant="informative">
          <Heading>{t('providers.off_title')}</Heading>
          <Content>{t('providers.off')}</Content>
        </InlineAlert>
      )}
      <AddressesSection provider={provider} instanceUrl={instance.url} />
      <ProviderForm key={provider.id} provider={provider} />
      {provider.type !== 'handover' && <ScimSection provider={provider} instanceUrl={instance.url} />}
      <DeletionSection provider={provider} />
    </Page>
  );
}
