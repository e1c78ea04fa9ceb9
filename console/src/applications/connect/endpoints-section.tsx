import { Link } from '@react-spectrum/s2/Link';
import type { Application, Instance } from '../../api/types.ts';
import { useText } from '../../intl/text.ts';
import { Copyable } from '../../ui/copyable.tsx';
import { Section } from '../../ui/page.tsx';
import styles from './connect.module.css';
import { addressesOf, profiles } from './endpoints.ts';
import { Facts } from './facts.tsx';
import { profileLabels } from './profile-choice.tsx';

/** The addresses of both profiles that a client of this type talks to. */
export function EndpointsSection({
  application,
  instance,
}: {
  application: Application;
  instance: Instance;
}) {
  const t = useText();
  const addresses = addressesOf(instance.url);
  const isMachine = application.type === 'machine';
  const about = { standard: t('connect.standard_text'), workfront: t('connect.workfront_text') };
  const fact = (name: string, url: string) => [name, <Copyable key={url} text={url} what={name} />] as const;
  return (
    <Section
      title={t('connect.endpoints_title')}
      description={t.rich('connect.endpoints_text', {
        link: (words) => (
          <Link href={addresses.metadata} target="_blank">
            {words}
          </Link>
        ),
      })}
    >
      <div className={styles['columns']}>
        {profiles.map((profile) => {
          const { authorize, token, revoke, jwt } = addresses[profile];
          return (
            <div key={profile} className={styles['part']}>
              <h3>{t(profileLabels[profile])}</h3>
              <p className={styles['hint']}>{about[profile]}</p>
              <Facts
                facts={[
                  ...(isMachine ? [] : [fact(t('connect.authorization_endpoint'), authorize)]),
                  fact(t('connect.token_endpoint'), token),
                  ...(isMachine && profile === 'workfront' ? [fact(t('connect.jwt_endpoint'), jwt)] : []),
                  fact(t('connect.revocation_endpoint'), revoke),
                  ...(profile === 'standard'
                    ? [
                        ...(application.type === 'spa'
                          ? []
                          : [fact(t('connect.introspection_endpoint'), addresses.introspect)]),
                        ...(isMachine
                          ? []
                          : [
                              fact(t('connect.userinfo_endpoint'), addresses.userinfo),
                              fact(t('connect.sign_out_endpoint'), addresses.signOut),
                            ]),
                        fact(t('connect.jwks_endpoint'), addresses.jwks),
                        ...(isMachine ? [] : [fact(t('connect.discovery_endpoint'), addresses.discovery)]),
                        fact(t('connect.metadata_endpoint'), addresses.metadata),
                      ]
                    : []),
                  ...(isMachine && profile === 'workfront'
                    ? [fact(t('field.instance.customer_id'), instance.customer_id)]
                    : []),
                ]}
              />
            </div>
          );
        })}
      </div>
    </Section>
  );
}
