import { Link } from '@react-spectrum/s2/Link';
import type { Api } from '../api/types.ts';
import { useText } from '../intl/text.ts';
import { Section } from '../ui/page.tsx';
import parts from '../ui/parts.module.css';
import styles from './apis.module.css';
import { useClients } from './use-clients.ts';

/** Who may ask for an API, and for what of it. */
export function ClientsSection({ api }: { api: Api }) {
  const t = useText();
  const clients = useClients(api);
  return (
    <Section title={t('apis.clients')} description={t('apis.clients_about')}>
      {clients?.length === 0 && <p className={parts['empty']}>{t('apis.clients_none')}</p>}
      {clients !== undefined && clients.length > 0 && (
        <ul className={styles['rows']} aria-label={t('apis.clients')}>
          {clients.map(({ application, scopes }) => (
            <li key={application.id} className={styles['client']}>
              <Link href={`/applications/${application.id}/settings`}>{application.name}</Link>
              <code>{scopes.join(' ')}</code>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
