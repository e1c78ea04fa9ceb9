import { Content, Heading, InlineAlert } from '@react-spectrum/s2/InlineAlert';
import { Radio, RadioGroup } from '@react-spectrum/s2/RadioGroup';
import { useState } from 'react';
import type { Application, Instance } from '../../../api/types.ts';
import type { MessageKey } from '../../../intl/messages.ts';
import { useText } from '../../../intl/text.ts';
import { Section } from '../../../ui/page.tsx';
import { ApiChoice } from '../../connect/api-choice.tsx';
import { addressesOf } from '../../connect/endpoints.ts';
import { type Authentication, freshCredentials, isComplete, knownCredentials } from '../authentication.ts';
import { AuthenticationFields, LocalForm, SecretField } from '../authentication-fields.tsx';
import { withCredentials } from '../client-authentication.ts';
import { ExchangeStep } from '../exchange-step.tsx';
import { type Field, succeeded, textOf } from '../http/exchange.ts';
import { KeyField } from '../signing/key-field.tsx';
import { IntrospectionView } from '../tokens/introspection-view.tsx';
import { TokensView } from '../tokens/tokens-view.tsx';
import styles from '../try.module.css';
import { place, useExchanges } from '../use-exchanges.ts';
import { SignStep } from './sign-step.tsx';

type Grant = 'jwt' | 'workfront' | 'client_credentials';

const grants: Record<Grant, { label: MessageKey; text: MessageKey }> = {
  jwt: { label: 'try.grant_jwt', text: 'try.grant_jwt_text' },
  workfront: { label: 'try.grant_workfront', text: 'try.grant_workfront_text' },
  client_credentials: { label: 'try.grant_client_credentials', text: 'try.grant_client_credentials_text' },
};

type StepId = 'token' | 'introspect' | 'revoke' | 'after';

/** What a machine application does: signs a JWT or shows its secret, gets a token, uses it up. */
export function MachineTrial({ application, instance }: { application: Application; instance: Instance }) {
  const t = useText();
  const [grant, setGrant] = useState<Grant>('jwt');
  const [given, setGiven] = useState<Authentication>({
    method: 'client_secret_basic',
    secret: '',
    key: undefined,
  });
  const [resource, setResource] = useState<string>();
  const [assertion, setAssertion] = useState<string>();
  const steps = useExchanges<StepId>();
  const { token, introspect, revoke, after } = steps.exchanges;
  const accessToken = textOf(token, 'access_token');
  const addresses = addressesOf(instance.url);

  const isSigned = grant !== 'client_credentials';
  // Who signs the assertion can sign for its other requests too; the Workfront profile has a secret at hand.
  const authentication: Authentication = isSigned
    ? { ...given, method: grant === 'jwt' ? 'private_key_jwt' : 'client_secret_post' }
    : given;
  const restart = () => {
    steps.reset();
    setAssertion(undefined);
  };
  const choose = (next: Grant) => {
    setGrant(next);
    restart();
  };
  const missing = isComplete(authentication)
    ? undefined
    : t(authentication.method === 'private_key_jwt' ? 'try.missing_key' : 'try.missing_secret');
  const common = (url: string, ...form: Field[]) => ({
    request: withCredentials({ url, headers: [], form }, knownCredentials(application, authentication)),
    complete: async () =>
      withCredentials(
        { url, headers: [], form },
        await freshCredentials(application, instance.url, authentication),
      ),
    missing,
  });
  const forApi: Field[] = resource === undefined ? [] : [{ name: 'resource', value: resource }];
  const assertionOnly = () => {
    const request = {
      url: addresses.standard.jwt,
      headers: [],
      form: [
        { name: 'grant_type', value: 'urn:ietf:params:oauth:grant-type:jwt-bearer' },
        { name: 'assertion', value: assertion ?? '' },
        ...forApi,
      ],
    };
    return { request, complete: () => Promise.resolve(request) };
  };
  const tokenRequest = {
    jwt: assertionOnly(),
    workfront: common(addresses.workfront.jwt, { name: 'jwt_token', value: assertion ?? '' }),
    client_credentials: common(
      addresses.standard.token,
      { name: 'grant_type', value: 'client_credentials' },
      ...forApi,
    ),
  }[grant];

  const order: readonly StepId[] = ['token', 'introspect', 'revoke', 'after'];
  const step = (id: StepId) => ({ ...steps.of(id), ...place(order, id, steps.exchanges, isSigned ? 2 : 1) });
  return (
    <>
      <Section title={t('try.authentication_title')} description={t('try.machine_text')}>
        <RadioGroup
          label={t('try.grant')}
          description={t(grants[grant].text)}
          value={grant}
          onChange={(value) => choose(value as Grant)}
        >
          {Object.entries(grants).map(([value, { label }]) => (
            <Radio key={value} value={value}>
              {t(label)}
            </Radio>
          ))}
        </RadioGroup>
        {grant !== 'workfront' && (
          <ApiChoice
            application={application}
            value={resource}
            onChange={(identifier) => {
              setResource(identifier);
              steps.reset();
            }}
          />
        )}
        {grant === 'client_credentials' && (
          <AuthenticationFields application={application} value={given} onChange={setGiven} />
        )}
        {grant === 'workfront' && (
          <LocalForm>
            <div className={styles['form']}>
              <SecretField value={given.secret} onChange={(secret) => setGiven({ ...given, secret })} />
            </div>
          </LocalForm>
        )}
        {isSigned && (
          <KeyField
            application={application}
            value={given.key}
            onChange={(key) => {
              setGiven({ ...given, key });
              restart();
            }}
          />
        )}
      </Section>
      <ol className={styles['steps']}>
        {isSigned && (
          <SignStep
            number={1}
            application={application}
            issuer={instance.url}
            iss={grant === 'workfront' ? instance.customer_id : application.client_id}
            signingKey={given.key}
            assertion={assertion}
            onSigned={(signed) => {
              setAssertion(signed);
              steps.reset();
            }}
          />
        )}
        <ExchangeStep
          title={t(isSigned ? 'connect.step_jwt' : 'connect.step_client_credentials')}
          text={t.rich(isSigned ? 'connect.step_jwt_text' : 'connect.step_client_credentials_text')}
          action={t('try.token_action_machine')}
          isReady={!isSigned || assertion !== undefined}
          {...tokenRequest}
          {...step('token')}
        >
          {succeeded(token) && <TokensView exchange={token} />}
        </ExchangeStep>
        <ExchangeStep
          title={t('try.introspect_title')}
          text={t('try.introspect_text')}
          action={t('try.introspect_action')}
          isReady={accessToken !== undefined}
          {...common(addresses.introspect, { name: 'token', value: accessToken ?? '' })}
          {...step('introspect')}
        >
          {introspect && <IntrospectionView exchange={introspect} />}
        </ExchangeStep>
        <ExchangeStep
          title={t('connect.step_revoke')}
          text={t('try.revoke_text_machine')}
          action={t('try.revoke_action')}
          isReady={accessToken !== undefined}
          {...common(addresses[grant === 'workfront' ? 'workfront' : 'standard'].revoke, {
            name: 'token',
            value: accessToken ?? '',
          })}
          {...step('revoke')}
        />
        <ExchangeStep
          title={t('try.after_title')}
          text={t('try.after_text_web')}
          action={t('try.after_action_web')}
          isReady={succeeded(revoke)}
          {...common(addresses.introspect, { name: 'token', value: accessToken ?? '' })}
          {...step('after')}
        >
          {after && <IntrospectionView exchange={after} />}
        </ExchangeStep>
      </ol>
      {after && (
        <InlineAlert variant="positive">
          <Heading>{t('try.finished_title')}</Heading>
          <Content>{t('try.finished_text_machine')}</Content>
        </InlineAlert>
      )}
    </>
  );
}
