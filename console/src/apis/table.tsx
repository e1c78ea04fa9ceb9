import { Badge } from '@react-spectrum/s2/Badge';
import { Link } from '@react-spectrum/s2/Link';
import { useIntl } from 'react-intl';
import type { Api } from '../api/types.ts';
import { formatDuration } from '../intl/duration.ts';
import { useText } from '../intl/text.ts';
import { useNarrow } from '../ui/narrow.ts';
import parts from '../ui/parts.module.css';
import table from '../ui/row-links.module.css';
import styles from './apis.module.css';

/** The APIs, to open: there are 50 at most. */
export function ApiTable({ apis }: { apis: readonly Api[] }) {
  const t = useText();
  const intl = useIntl();
  const isNarrow = useNarrow();
  return (
    <table className={table['table']} aria-label={t('apis.title')}>
      <thead>
        <tr>
          <th scope="col">{t('apis.name')}</th>
          <th scope="col">{t('connect.scopes')}</th>
          {!isNarrow && <th scope="col">{t('apis.lifetime')}</th>}
          {!isNarrow && <th scope="col">{t('apis.tokens')}</th>}
        </tr>
      </thead>
      <tbody>
        {apis.map((api) => (
          <tr key={api.id}>
            <th scope="row">
              <span className={parts['named']}>
                <strong>
                  <Link href={`/apis/${api.id}`} variant="secondary" isQuiet>
                    {api.name}
                  </Link>
                  {api.is_default && (
                    <Badge variant="informative" fillStyle="subtle" size="S">
                      {t('apis.is_default')}
                    </Badge>
                  )}
                </strong>
                <code className={styles['muted']}>{api.identifier}</code>
              </span>
            </th>
            <td>{intl.formatNumber(api.scopes.length)}</td>
            {!isNarrow && (
              <td>
                {api.access_token_lifetime === null
                  ? t('apis.lifetime_of_application')
                  : formatDuration(intl, api.access_token_lifetime)}
              </td>
            )}
            {!isNarrow && (
              <td>
                {api.signing_alg}, {api.token_typ}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
