import { Tab, TabList, TabPanel, Tabs, Text } from '@react-spectrum/s2/Tabs';
import { Fragment } from 'react';
import type { Api } from '../../api/types.ts';
import styles from '../../applications/connect/connect.module.css';
import { Facts } from '../../applications/connect/facts.tsx';
import { ProgramFile } from '../../applications/connect/program-file.tsx';
import { useText } from '../../intl/text.ts';
import { Copyable } from '../../ui/copyable.tsx';
import { Section } from '../../ui/page.tsx';
import { type CheckLanguage, checkLanguages } from './languages.ts';
import { checkValuesOf } from './values.ts';

/** How the API checks its tokens: what each must be, and programs filled in with that. @param issuer the instance's `url` */
export function CheckSection({ api, issuer }: { api: Api; issuer: string }) {
  const t = useText();
  const values = checkValuesOf(api, issuer);
  const languages = checkLanguages(values);
  const fact = (name: string, text: string) =>
    [name, <Copyable key={name} text={text} what={name} />] as const;
  return (
    <Section title={t('apis.check')} description={t('apis.check_about')}>
      <Facts
        facts={[
          fact('iss', values.issuer),
          fact('aud', values.audience),
          fact('alg', values.algorithm),
          fact('typ', values.typ),
          fact('jwks_uri', values.jwksUri),
        ]}
      />
      <Tabs aria-label={t('apis.check_language')}>
        <TabList>
          {languages.map(({ id, name }) => (
            <Tab key={id} id={id}>
              <Text>{name}</Text>
            </Tab>
          ))}
        </TabList>
        {languages.map((language) => (
          <TabPanel key={language.id} id={language.id}>
            <Program language={language} />
          </TabPanel>
        ))}
      </Tabs>
    </Section>
  );
}

function Program({ language: { id, install, run, files } }: { language: CheckLanguage }) {
  const t = useText();
  return (
    <div className={styles['program']}>
      {id === 'nginx' && <p className={styles['hint']}>{t('apis.check_nginx')}</p>}
      {(install.length > 0 || run !== undefined) && (
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
            </>
          )}
          {run !== undefined && id !== 'csharp' && (
            <>
              <dt>
                <code>ACCESS_TOKEN</code>
              </dt>
              <dd>{t('apis.check_access_token')}</dd>
            </>
          )}
        </dl>
      )}
      <ol className={styles['steps']}>
        {files.map(({ fileName, text }) => (
          <ProgramFile key={fileName} title={fileName} fileName={fileName} text={text} />
        ))}
      </ol>
    </div>
  );
}
