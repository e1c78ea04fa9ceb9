import { Link } from '@react-spectrum/s2/Link';
import type { Application, Instance } from '../../api/types.ts';
import { useText } from '../../intl/text.ts';
import { Copyable } from '../../ui/copyable.tsx';
import { Section } from '../../ui/page.tsx';
import styles from './connect.module.css';
import { Facts } from './facts.tsx';

/** What the other side writes into its configuration. */
export function Values({ application, instance }: { application: Application; instance: Instance }) {
  const t = useText();
  const { id, type, client_id, scopes, redirect_uris = [] } = application;
  const scope = scopes.join(' ');
  return (
    <Section title={t('connect.values_title')} description={t('connect.values_text')}>
      <Facts
        facts={[
          [t('connect.issuer'), <Copyable key="issuer" text={instance.url} what={t('connect.issuer')} />],
          [t('connect.client_id'), <Copyable key="id" text={client_id} what={t('connect.client_id')} />],
          ...(type === 'spa'
            ? []
            : [
                [
                  t('connect.client_secret'),
                  <span key="secret" className={styles['hint']}>
                    {t.rich('connect.client_secret_text', {
                      link: (words) => <Link href={`/applications/${id}/credentials`}>{words}</Link>,
                    })}
                  </span>,
                ] as const,
              ]),
          ...(type === 'machine'
            ? []
            : [
                [
                  t('connect.redirect_urls'),
                  redirect_uris.length === 0 ? (
                    <span key="none" className={styles['hint']}>
                      {t.rich('connect.no_redirect_url', {
                        link: (words) => <Link href={`/applications/${id}/settings`}>{words}</Link>,
                      })}
                    </span>
                  ) : (
                    redirect_uris.map((uri) => (
                      <Copyable key={uri} text={uri} what={t('connect.redirect_url')} />
                    ))
                  ),
                ] as const,
              ]),
          [t('connect.scopes'), <Copyable key="scopes" text={scope} what={t('connect.scopes')} />],
        ]}
      />
    </Section>
  );
}
