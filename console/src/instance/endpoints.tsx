import type { Instance } from '../api/types.ts';
import { addressesOf } from '../applications/connect/endpoints.ts';
import { Facts } from '../applications/connect/facts.tsx';
import { useText } from '../intl/text.ts';
import { Copyable } from '../ui/copyable.tsx';
import { Section } from '../ui/page.tsx';
import styles from './instance.module.css';

/** Where clients find everything, whichever application they are. */
export function EndpointsSection({ instance }: { instance: Instance }) {
  const t = useText();
  const { metadata, jwks, introspect, standard, workfront } = addressesOf(instance.url);
  const fact = (name: string, url: string) => [name, <Copyable key={name} text={url} what={name} />] as const;
  return (
    <Section title={t('connect.endpoints_title')} description={t('instance.endpoints_help')}>
      <div className={styles['columns']}>
        <div className={styles['part']}>
          <h3>{t('connect.standard')}</h3>
          <Facts
            facts={[
              fact(t('connect.issuer'), instance.url),
              fact(t('connect.metadata_endpoint'), metadata),
              fact(t('connect.authorization_endpoint'), standard.authorize),
              fact(t('connect.token_endpoint'), standard.token),
              fact(t('connect.revocation_endpoint'), standard.revoke),
              fact(t('connect.introspection_endpoint'), introspect),
              fact(t('connect.jwks_endpoint'), jwks),
            ]}
          />
        </div>
        <div className={styles['part']}>
          <h3>{t('connect.workfront')}</h3>
          <Facts
            facts={[
              fact(t('connect.authorization_endpoint'), workfront.authorize),
              fact(t('connect.token_endpoint'), workfront.token),
              fact(t('connect.jwt_endpoint'), workfront.jwt),
              fact(t('connect.revocation_endpoint'), workfront.revoke),
            ]}
          />
        </div>
      </div>
    </Section>
  );
}
