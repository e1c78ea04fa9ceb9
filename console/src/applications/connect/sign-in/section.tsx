import { Content, Heading, InlineAlert } from '@react-spectrum/s2/InlineAlert';
import { Link } from '@react-spectrum/s2/Link';
import { Tab, TabList, TabPanel, Tabs, Text } from '@react-spectrum/s2/Tabs';
import { Fragment, type ReactNode } from 'react';
import { openidScope } from '../../../../../server/model/scopes.ts';
import type { Application, Instance } from '../../../api/types.ts';
import { useText } from '../../../intl/text.ts';
import { Section } from '../../../ui/page.tsx';
import styles from '../connect.module.css';
import { ProgramFile } from '../program-file.tsx';
import { type SignInLanguage, signInLanguages } from './languages.ts';
import { placeOf, type SignInValues, signInValuesOf } from './values.ts';

/** Programs that sign users in by OpenID Connect, each with a library of its language. */
export function SignInSection({ application, instance }: { application: Application; instance: Instance }) {
  const t = useText();
  const isWeb = application.type === 'web';
  const values = signInValuesOf(application, instance);
  const languages = signInLanguages(application.type, values);
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
          <Tabs aria-label={t('connect.users_language')}>
            <TabList>
              {languages.map(({ id, name }) => (
                <Tab key={id} id={id}>
                  <Text>{name}</Text>
                </Tab>
              ))}
            </TabList>
            {languages.map((language) => (
              <TabPanel key={language.id} id={language.id}>
                <Program language={language} values={values} />
              </TabPanel>
            ))}
          </Tabs>
        </>
      )}
    </Section>
  );
}

function Program({ language, values }: { language: SignInLanguage; values: SignInValues }) {
  const t = useText();
  const { install, run, files } = language;
  const { origin, isHere, port, home } = placeOf(values);
  return (
    <div className={styles['program']}>
      <dl className={styles['variables']}>
        {install.map((command) => (
          <Fragment key={command}>
            <dt>
              <code>{command}</code>
            </dt>
            <dd>{command === install.at(-1) && t('connect.users_install')}</dd>
          </Fragment>
        ))}
        {run !== undefined && (
          <>
            <dt>
              <code>{run}</code>
            </dt>
            <dd>{t('connect.runs_with')}</dd>
            <dt>
              <code>CLIENT_SECRET</code>
            </dt>
            <dd>{t('connect.variable_client_secret')}</dd>
          </>
        )}
      </dl>
      {run !== undefined && (
        <p className={styles['hint']}>
          {t.rich('connect.users_open', { url: <code>{origin + home}</code> })}{' '}
          {!isHere && t('connect.users_elsewhere', { port: String(port) })}
        </p>
      )}
      <ol className={styles['steps']}>
        {files.map(({ fileName, text }) => (
          <ProgramFile key={fileName} title={fileName} fileName={fileName} text={text} />
        ))}
      </ol>
    </div>
  );
}
