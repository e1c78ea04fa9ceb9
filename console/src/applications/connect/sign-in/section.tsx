import { Content, Heading, InlineAlert } from '@react-spectrum/s2/InlineAlert';
import { Link } from '@react-spectrum/s2/Link';
import type { ReactNode } from 'react';
import { openidScope } from '../../../../../server/model/scopes.ts';
import type { Application, Instance } from '../../../api/types.ts';
import { useText } from '../../../intl/text.ts';
import { Section } from '../../../ui/page.tsx';
import styles from '../connect.module.css';
import { LanguagePrograms } from '../language-programs.tsx';
import { signInLanguages } from './languages.ts';
import { placeOf, signInValuesOf } from './values.ts';

/** Programs that sign users in by OpenID Connect, each with a library of its language. */
export function SignInSection({ application, instance }: { application: Application; instance: Instance }) {
  const t = useText();
  const isWeb = application.type === 'web';
  const values = signInValuesOf(application, instance);
  const { origin, isHere, port, home } = placeOf(values);
  const whereToOpen = (
    <>
      {t.rich('connect.users_open', { url: <code>{origin + home}</code> })}{' '}
      {!isHere && t('connect.users_elsewhere', { port: String(port) })}
    </>
  );
  const settings = (words: ReactNode[]) => (
    <Link href={`/applications/${application.id}/settings`}>{words}</Link>
  );
  return (
    <Section
      title={t('connect.users_title')}
      description={t(isWeb ? 'connect.users_text_web' : 'connect.users_text_spa')}
    >
      {!application.scopes.includes(openidScope) ? (
        <p className={styles['hint']}>{t.rich('connect.users_no_openid', { link: settings })}</p>
      ) : (
        <>
          {application.redirect_uris?.includes(values.redirectUri) !== true && (
            <InlineAlert variant="notice">
              <Heading>{t('connect.users_unregistered_title')}</Heading>
              <Content>
                {t.rich('connect.users_unregistered_text', {
                  link: settings,
                  uri: <code>{values.redirectUri}</code>,
                })}
              </Content>
            </InlineAlert>
          )}
          <LanguagePrograms
            label={t('connect.users_language')}
            languages={signInLanguages(application.type, values)}
            variableOf={() => ({ name: 'CLIENT_SECRET', about: 'connect.variable_client_secret' })}
            hintOf={({ run }) => run !== undefined && whereToOpen}
          />
        </>
      )}
    </Section>
  );
}
