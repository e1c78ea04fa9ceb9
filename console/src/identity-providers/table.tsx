import { Badge } from '@react-spectrum/s2/Badge';
import AlertIcon from '@react-spectrum/s2/icons/AlertTriangle';
import { Link } from '@react-spectrum/s2/Link';
import { StatusLight } from '@react-spectrum/s2/StatusLight';
import type { IdentityProvider } from '../api/types.ts';
import { useText } from '../intl/text.ts';
import { Ago } from '../intl/time.tsx';
import { useNarrow } from '../ui/narrow.ts';
import parts from '../ui/parts.module.css';
import table from '../ui/row-links.module.css';
import styles from './identity-providers.module.css';
import { providerTypes } from './types.ts';

/**
 * The identity providers, to open; what went wrong at one stands under its name. There are 20 at most, of rows as high as their domains
 * need: a table that shows only the rows in sight would guess its height wrong, and cut the last ones off.
 */
export function ProviderTable({ providers }: { providers: readonly IdentityProvider[] }) {
  const t = useText();
  const isNarrow = useNarrow();
  if (providers.length === 0) return <p className={parts['nothing']}>{t('providers.none')}</p>;
  return (
    <table className={table['table']} aria-label={t('providers.title')}>
      <thead>
        <tr>
          <th scope="col">{t('providers.name')}</th>
          <th scope="col">{t('providers.status')}</th>
          {!isNarrow && <th scope="col">{t('providers.email_domains')}</th>}
          {!isNarrow && <th scope="col">{t('providers.last_used')}</th>}
        </tr>
      </thead>
      <tbody>
        {providers.map((provider) => (
          <tr key={provider.id}>
            <th scope="row">
              <Who provider={provider} />
            </th>
            <td>
              <ProviderStatus provider={provider} />
            </td>
            {!isNarrow && (
              <td>
                <Domains domains={provider.email_domains} />
              </td>
            )}
            {!isNarrow && (
              <td>
                {provider.last_used_at === null ? t('providers.never') : <Ago at={provider.last_used_at} />}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Who({ provider }: { provider: IdentityProvider }) {
  const t = useText();
  return (
    <span className={parts['named']}>
      <strong>
        <Link href={`/identity-providers/${provider.id}`} variant="secondary" isQuiet>
          {provider.name}
        </Link>
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
