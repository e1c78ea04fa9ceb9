import { Badge } from '@react-spectrum/s2/Badge';
import AlertIcon from '@react-spectrum/s2/icons/AlertTriangle';
import { StatusLight } from '@react-spectrum/s2/StatusLight';
import { Cell, Column, Row, TableBody, TableHeader, TableView } from '@react-spectrum/s2/TableView';
import { useIntl } from 'react-intl';
import { useNavigate } from 'react-router';
import type { IdentityProvider } from '../api/types.ts';
import { useText } from '../intl/text.ts';
import { Ago } from '../intl/time.tsx';
import { useNarrow } from '../ui/narrow.ts';
import styles from './identity-providers.module.css';
import { providerTypes } from './types.ts';

/** The identity providers, to open; what went wrong at one stands under its name. */
export function ProviderTable({ providers }: { providers: readonly IdentityProvider[] }) {
  const t = useText();
  const intl = useIntl();
  const navigate = useNavigate();
  const isNarrow = useNarrow();
  return (
    <TableView
      aria-label={t('providers.title')}
      onAction={(id) => void navigate(`/identity-providers/${id}`)}
      overflowMode="wrap"
      density="spacious"
      UNSAFE_style={{ width: '100%' }}
    >
      <TableHeader>
        <Column id="name" isRowHeader minWidth={180} defaultWidth="3fr">
          {t('providers.name')}
        </Column>
        <Column id="status" minWidth={125} defaultWidth="1fr">
          {t('providers.status')}
        </Column>
        {!isNarrow && (
          <Column id="domains" minWidth={180} defaultWidth="2fr">
            {t('providers.email_domains')}
          </Column>
        )}
        {!isNarrow && (
          <Column id="last_used" minWidth={145} defaultWidth="1fr">
            {t('providers.last_used')}
          </Column>
        )}
      </TableHeader>
      <TableBody
        items={providers}
        dependencies={[isNarrow, intl.locale]}
        renderEmptyState={() => <p className={styles['nothing']}>{t('providers.none')}</p>}
      >
        {(provider) => (
          <Row id={provider.id} textValue={provider.name}>
            <Cell textValue={provider.name}>
              <span className={styles['who']}>
                <strong>
                  {provider.name}
                  {provider.default && (
                    <Badge variant="informative" fillStyle="subtle" size="S">
                      {t('providers.is_default')}
                    </Badge>
                  )}
                </strong>
                <span className={styles['muted']}>{t(providerTypes[provider.type].label)}</span>
                {hasFailedLast(provider) && (
                  <span className={styles['failed']}>
                    <AlertIcon />
                    <span>{t('providers.failed')}</span>
                  </span>
                )}
              </span>
            </Cell>
            <Cell>
              <ProviderStatus provider={provider} />
            </Cell>
            {!isNarrow && (
              <Cell>
                <Domains domains={provider.email_domains} />
              </Cell>
            )}
            {!isNarrow && (
              <Cell>
                {provider.last_used_at === null ? t('providers.never') : <Ago at={provider.last_used_at} />}
              </Cell>
            )}
          </Row>
        )}
      </TableBody>
    </TableView>
  );
}

/** Whether the last sign-in by a provider failed: nobody has come by it since. */
export function hasFailedLast(provider: Pick<IdentityProvider, 'last_error_at' | 'last_used_at'>): boolean {
  const { last_error_at: failed, last_used_at: used } = provider;
  return failed !== null && (used === null || Date.parse(used) <= Date.parse(failed));
}

/** Whether people can sign in by a provider. */
export function ProviderStatus({ provider }: { provider: Pick<IdentityProvider, 'enabled'> }) {
  const t = useText();
  return (
    <StatusLight variant={provider.enabled ? 'positive' : 'neutral'}>
      {t(provider.enabled ? 'providers.enabled' : 'providers.disabled')}
    </StatusLight>
  );
}

const mostShown = 3;

function Domains({ domains }: { domains: readonly string[] }) {
  const t = useText();
  if (domains.length === 0) return '–';
  const more = domains.length - mostShown;
  return (
    <span className={styles['domains']}>
      {domains.slice(0, mostShown).map((domain) => (
        <span key={domain}>{domain}</span>
      ))}
      {more > 0 && <span className={styles['muted']}>{t('providers.more_domains', { more })}</span>}
    </span>
  );
}
