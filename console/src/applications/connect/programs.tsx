import { Content, Heading, InlineAlert } from '@react-spectrum/s2/InlineAlert';
import { Tab, TabList, TabPanel, Tabs, Text } from '@react-spectrum/s2/Tabs';
import { useState } from 'react';
import { useMe } from '../../api/me.ts';
import type { Application, Instance } from '../../api/types.ts';
import type { MessageKey } from '../../intl/messages.ts';
import { useText } from '../../intl/text.ts';
import { Section } from '../../ui/page.tsx';
import styles from './connect.module.css';
import type { Profile } from './endpoints.ts';
import { ProgramFile } from './program-file.tsx';
import { type LanguageId, languagesOf, type Snippet, snippetsOf } from './snippets/languages.ts';
import type { Variable } from './snippets/request.ts';
import type { StepId } from './snippets/steps.ts';

const steps: Record<StepId, { title: MessageKey; text: MessageKey }> = {
  sign_in: { title: 'connect.step_sign_in', text: 'connect.step_sign_in_text' },
  code: { title: 'connect.step_code', text: 'connect.step_code_text' },
  client_credentials: {
    title: 'connect.step_client_credentials',
    text: 'connect.step_client_credentials_text',
  },
  jwt: { title: 'connect.step_jwt', text: 'connect.step_jwt_text' },
  refresh: { title: 'connect.step_refresh', text: 'connect.step_refresh_text' },
  api: { title: 'connect.step_api', text: 'connect.step_api_text' },
  revoke: { title: 'connect.step_revoke', text: 'connect.step_revoke_text' },
};

const variables: Record<Variable, MessageKey> = {
  ACCESS_TOKEN: 'connect.variable_access_token',
  API_URL: 'connect.variable_api_url',
  CLIENT_SECRET: 'connect.variable_client_secret',
  CODE: 'connect.variable_code',
  CODE_VERIFIER: 'connect.variable_code_verifier',
  PRIVATE_KEY_FILE: 'connect.variable_private_key_file',
  REFRESH_TOKEN: 'connect.variable_refresh_token',
};

/** Programs that run as they are, one for each step, in the language that the reader chooses. */
export function Programs(props: {
  application: Application;
  instance: Instance;
  profile: Profile;
  redirectUri: string;
  resource: string | undefined;
}) {
  const t = useText();
  const { application, instance, profile, redirectUri, resource } = props;
  const [chosen, setChosen] = useState<LanguageId>(application.type === 'spa' ? 'browser' : 'curl');
  const me = useMe();
  const key = signingKey(application);
  const values = {
    profile,
    issuer: instance.url,
    customerId: instance.customer_id,
    clientId: application.client_id,
    redirectUri,
    scopes: application.scopes,
    resource,
    usesPkce: application.require_pkce === true,
    userId: key?.acts_as_user_id ?? me.id,
  };
  return (
    <Section title={t('connect.programs_title')} description={t('connect.programs_text')}>
      {application.type === 'machine' && !key && (
        <InlineAlert variant="notice">
          <Heading>{t('connect.no_key_title')}</Heading>
          <Content>{t('connect.no_key_text')}</Content>
        </InlineAlert>
      )}
      <Tabs
        aria-label={t('connect.language')}
        selectedKey={chosen}
        onSelectionChange={(language) => setChosen(language as LanguageId)}
      >
        <TabList>
          {languagesOf(application.type).map(({ id, name }) => (
            <Tab key={id} id={id}>
              <Text>{name}</Text>
            </Tab>
          ))}
        </TabList>
        {languagesOf(application.type).map(({ id }) => (
          <TabPanel key={id} id={id}>
            <ol className={styles['steps']}>
              {snippetsOf(id, application.type, values).map((snippet) => (
                <Program key={snippet.id} snippet={snippet} />
              ))}
            </ol>
          </TabPanel>
        ))}
      </Tabs>
    </Section>
  );
}

/** The programs sign RS256, so an RSA key comes first; its user is the one to name. */
function signingKey({ public_keys = [] }: Application) {
  return public_keys.find(({ algorithm }) => algorithm === 'RS256');
}

function Program({ snippet }: { snippet: Snippet }) {
  const t = useText();
  const { id, text, fileName, command } = snippet;
  return (
    <ProgramFile title={t(steps[id].title)} fileName={fileName} text={text}>
      <p className={styles['hint']}>{t.rich(steps[id].text)}</p>
      {command !== undefined && (
        <dl className={styles['variables']}>
          <dt>
            <code>{command}</code>
          </dt>
          <dd>{t('connect.runs_with')}</dd>
          {snippet.variables.map((name) => (
            <VariableFact key={name} name={name} />
          ))}
        </dl>
      )}
    </ProgramFile>
  );
}

function VariableFact({ name }: { name: Variable }) {
  const t = useText();
  return (
    <>
      <dt>
        <code>{name}</code>
      </dt>
      <dd>{t(variables[name])}</dd>
    </>
  );
}
