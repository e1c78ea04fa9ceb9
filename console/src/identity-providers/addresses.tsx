import { Button } from '@react-spectrum/s2/Button';
import type { IdentityProvider } from '../api/types.ts';
import type { MessageKey } from '../intl/messages.ts';
import { useText } from '../intl/text.ts';
import { Act } from '../ui/act.tsx';
import { Copyable } from '../ui/copyable.tsx';
import { Section } from '../ui/page.tsx';
import styles from './identity-providers.module.css';

const about: Record<IdentityProvider['type'], MessageKey> = {
  oidc: 'providers.addresses_oidc',
  saml: 'providers.addresses_saml',
  handover: 'providers.addresses_handover',
};

/** What whoever looks after the provider has to enter there, and whether it works. */
export function AddressesSection({
  provider,
  instanceUrl,
}: {
  provider: IdentityProvider;
  instanceUrl: string;
}) {
  const t = useText();
  const { redirect_uri, acs_url, sp_metadata_url, handover_url } = provider;
  const facts: readonly (readonly [MessageKey, string | undefined])[] = [
    ['providers.redirect_uri', redirect_uri],
    ['providers.acs_url', acs_url],
    ['providers.sp_metadata_url', sp_metadata_url],
    ['providers.handover_url', handover_url],
    ['providers.provider_id', provider.type === 'handover' ? provider.id : undefined],
    ['providers.audience', provider.type === 'handover' ? instanceUrl : undefined],
  ];
  return (
    <Section title={t('providers.addresses')} description={t(about[provider.type])}>
      <dl className={styles['facts']}>
        {facts.map(
          ([name, text]) =>
            text !== undefined && (
              <div key={name}>
                <dt>{t(name)}</dt>
                <dd>
                  <Copyable text={text} what={t(name)} />
                </dd>
              </div>
            ),
        )}
      </dl>
      <div className={styles['group']}>
        <Act title={t('providers.test')} text={t('providers.test_help')}>
          <Button variant="secondary" onPress={() => testSignIn(provider)}>
            {t('providers.test')}
          </Button>
        </Act>
      </div>
    </Section>
  );
}

/** Goes through the sign-in beside the console, and shows what came back. */
function testSignIn({ id }: IdentityProvider): void {
  window.open(`/login/with/${id}?${new URLSearchParams({ test: '1' })}`, '_blank', 'noopener');
}
