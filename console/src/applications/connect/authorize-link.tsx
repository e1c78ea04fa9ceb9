import { ActionButton } from '@react-spectrum/s2/ActionButton';
import { useEffect, useState } from 'react';
import type { Application, Instance } from '../../api/types.ts';
import { useText } from '../../intl/text.ts';
import { CodeBlock } from '../../ui/code-block.tsx';
import { Copyable } from '../../ui/copyable.tsx';
import { Section } from '../../ui/page.tsx';
import { authorizeUrl } from './authorize-url.ts';
import styles from './connect.module.css';
import type { Profile } from './endpoints.ts';
import { Facts } from './facts.tsx';
import { makePkcePair, type PkcePair, randomText } from './pkce.ts';

interface Made {
  readonly state: string;
  readonly pkce: PkcePair;
}

/** A link that asks a user at once, with a state and, where the application uses PKCE, a challenge of its own. */
export function AuthorizeLink(props: {
  application: Application;
  instance: Instance;
  profile: Profile;
  redirectUri: string;
  resource: string | undefined;
}) {
  const t = useText();
  const { application, instance, profile, redirectUri, resource } = props;
  const [made, setMade] = useState<Made>();
  const renew = () => void makePkcePair().then((pkce) => setMade({ state: randomText(16), pkce }));
  useEffect(renew, []);
  const usesPkce = application.require_pkce === true;
  const url =
    made &&
    authorizeUrl(instance.url, profile, {
      clientId: application.client_id,
      redirectUri,
      scopes: profile === 'workfront' ? [] : application.scopes,
      resource,
      state: made.state,
      challenge: usesPkce ? made.pkce.challenge : undefined,
    });
  return (
    <Section
      title={t('connect.link_title')}
      description={t(usesPkce ? 'connect.link_text_pkce' : 'connect.link_text')}
      actions={<ActionButton onPress={renew}>{t('connect.link_renew')}</ActionButton>}
    >
      <CodeBlock text={url ?? ''} what={t('connect.link_title')} wraps />
      {usesPkce && made && (
        <Facts
          facts={[
            [
              t('connect.code_verifier'),
              <span key="verifier">
                <Copyable text={made.pkce.verifier} what={t('connect.code_verifier')} />
                <p className={styles['hint']}>{t('connect.code_verifier_text')}</p>
              </span>,
            ],
          ]}
        />
      )}
    </Section>
  );
}
