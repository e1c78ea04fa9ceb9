import { Content, Heading, InlineAlert } from '@react-spectrum/s2/InlineAlert';
import { useState } from 'react';
import { openidScope } from '../../../../../server/model/scopes.ts';
import type { Application, Instance } from '../../../api/types.ts';
import { useText } from '../../../intl/text.ts';
import { Section } from '../../../ui/page.tsx';
import { addressesOf } from '../../connect/endpoints.ts';
import { type Authentication, freshCredentials, isComplete, knownCredentials } from '../authentication.ts';
import { AuthenticationFields } from '../authentication-fields.tsx';
import { withCredentials } from '../client-authentication.ts';
import { ExchangeStep } from '../exchange-step.tsx';
import { type Field, type HttpRequest, succeeded, textOf } from '../http/exchange.ts';
import { IdentityView } from '../tokens/identity-view.tsx';
import { IntrospectionView } from '../tokens/introspection-view.tsx';
import { TokensView } from '../tokens/tokens-view.tsx';
import styles from '../try.module.css';
import { place, useExchanges } from '../use-exchanges.ts';
import { mistakeOf } from './authorization-check.ts';
import { AuthorizeStep } from './authorize-step.tsx';
import { type Choices, ChoicesForm } from './choices.tsx';
import { TrialRedirectUrl } from './redirect-url.tsx';
import { AfterRevocation, RefreshedView, RepeatedView } from './refresh-views.tsx';
import { useAuthorization } from './use-authorization.ts';

type StepId = 'token' | 'userinfo' | 'introspect' | 'refresh' | 'repeat' | 'revoke' | 'after';

/** The authorization code flow of a web or spa application, one step after the other. */
export function CodeTrial({ application, instance }: { application: Application; instance: Instance }) {
  const t = useText();
  const isWeb = application.type === 'web';
  const [choices, setChoices] = useState<Choices>({
    profile: 'standard',
    scopes: application.scopes,
    resource: undefined,
    prompt: 'default',
    usesPkce: true,
  });
  const [authentication, setAuthentication] = useState<Authentication>({
    method: isWeb ? 'client_secret_basic' : 'none',
    secret: '',
    key: undefined,
  });
  const authorization = useAuthorization(application, instance, choices);
  const steps = useExchanges<StepId>();
  const { token, userinfo, refresh, repeat, revoke } = steps.exchanges;

  const { arrival } = authorization;
  const code = arrival && mistakeOf(arrival) === undefined ? arrival.callback.code : undefined;
  const profile = arrival?.pending.profile ?? choices.profile;
  const addresses = addressesOf(instance.url);
  const endpoints = addresses[profile];
  const accessToken = textOf(refresh, 'access_token') ?? textOf(token, 'access_token');
  const firstRefreshToken = textOf(token, 'refresh_token');
  const refreshToken = textOf(refresh, 'refresh_token') ?? firstRefreshToken;
  const hasTokens = succeeded(token);
  const rotates = application.refresh_token_rotation !== false;

  const post = (url: string, ...form: Field[]): HttpRequest =>
    withCredentials({ url, headers: [], form }, knownCredentials(application, authentication));
  const common = (url: string, ...form: Field[]) => ({
    request: post(url, ...form),
    complete: async () =>
      withCredentials(
        { url, headers: [], form },
        await freshCredentials(application, instance.url, authentication),
      ),
    missing: isComplete(authentication)
      ? undefined
      : t(authentication.method === 'private_key_jwt' ? 'try.missing_key' : 'try.missing_secret'),
  });
  const restart = () => {
    steps.reset();
    authorization.reset();
  };
  const isRegistered = application.redirect_uris?.includes(addresses.trial) === true;

  const idToken = textOf(token, 'id_token');
  const asksWho = hasTokens
    ? idToken !== undefined
    : (arrival?.pending.scopes ?? choices.scopes).includes(openidScope);
  const userinfoRequest: HttpRequest = {
    method: 'GET',
    url: addresses.userinfo,
    headers: [{ name: 'Authorization', value: `Bearer ${accessToken ?? ''}` }],
    form: [],
  };

  const canRefresh = !hasTokens || firstRefreshToken !== undefined;
  const order: readonly StepId[] = [
    'token',
    ...(asksWho ? (['userinfo'] as const) : []),
    ...(isWeb ? (['introspect'] as const) : []),
    ...(canRefresh ? (['refresh'] as const) : []),
    ...(canRefresh && rotates ? (['repeat'] as const) : []),
    'revoke',
    ...(isWeb || canRefresh ? (['after'] as const) : []),
  ];
  const step = (id: StepId) => ({ ...steps.of(id), ...place(order, id, steps.exchanges, 2) });
  return (
    <>
      <TrialRedirectUrl application={application} uri={addresses.trial} />
      {isWeb && (
        <Section title={t('try.authentication_title')} description={t('try.authentication_text')}>
          <AuthenticationFields
            application={application}
            value={authentication}
            onChange={setAuthentication}
          />
        </Section>
      )}
      <ol className={styles['steps']}>
        <AuthorizeStep
          authorization={{ ...authorization, reset: restart }}
          missing={isRegistered ? undefined : t('try.missing_redirect_url')}
        >
          <ChoicesForm application={application} value={choices} onChange={setChoices} />
        </AuthorizeStep>

        <ExchangeStep
          title={t('connect.step_code')}
          text={t(isWeb ? 'try.token_text_web' : 'try.token_text_spa')}
          action={t('try.token_action')}
          isReady={code !== undefined}
          {...common(
            endpoints.token,
            { name: 'grant_type', value: 'authorization_code' },
            { name: 'code', value: code ?? '' },
            { name: 'redirect_uri', value: addresses.trial },
            ...(arrival?.pending.verifier != null
              ? [{ name: 'code_verifier', value: arrival.pending.verifier }]
              : []),
          )}
          {...step('token')}
        >
          {hasTokens && (
            <TokensView
              exchange={token}
              expected={{
                issuer: instance.url,
                clientId: application.client_id,
                nonce: arrival?.pending.nonce ?? null,
              }}
            />
          )}
        </ExchangeStep>

        {asksWho && (
          <ExchangeStep
            title={t('try.userinfo_title')}
            text={t('try.userinfo_text')}
            action={t('try.userinfo_action')}
            isReady={hasTokens}
            request={userinfoRequest}
            complete={() => Promise.resolve(userinfoRequest)}
            {...step('userinfo')}
          >
            {succeeded(userinfo) && <IdentityView exchange={userinfo} idToken={idToken} />}
          </ExchangeStep>
        )}

        {isWeb && (
          <ExchangeStep
            title={t('try.introspect_title')}
            text={t('try.introspect_text')}
            action={t('try.introspect_action')}
            isReady={hasTokens}
            {...common(addresses.introspect, { name: 'token', value: accessToken ?? '' })}
            {...step('introspect')}
          >
            {steps.exchanges.introspect && <IntrospectionView exchange={steps.exchanges.introspect} />}
          </ExchangeStep>
        )}

        {canRefresh && (
          <ExchangeStep
            title={t('connect.step_refresh')}
            text={t(rotates ? 'try.refresh_text' : 'try.refresh_text_fixed')}
            action={t('try.refresh_action')}
            isReady={firstRefreshToken !== undefined}
            {...common(
              endpoints.token,
              { name: 'grant_type', value: 'refresh_token' },
              { name: 'refresh_token', value: firstRefreshToken ?? '' },
            )}
            {...step('refresh')}
          >
            {succeeded(refresh) && <RefreshedView before={firstRefreshToken} exchange={refresh} />}
          </ExchangeStep>
        )}

        {canRefresh && rotates && (
          <ExchangeStep
            title={t('try.repeat_title')}
            text={t('try.repeat_text', { seconds: instance.refresh_token_grace })}
            action={t('try.repeat_action')}
            isReady={succeeded(refresh)}
            {...common(
              endpoints.token,
              { name: 'grant_type', value: 'refresh_token' },
              { name: 'refresh_token', value: firstRefreshToken ?? '' },
            )}
            {...step('repeat')}
          >
            {repeat && <RepeatedView first={refresh} again={repeat} />}
          </ExchangeStep>
        )}

        <ExchangeStep
          title={t('connect.step_revoke')}
          text={t.rich('connect.step_revoke_text')}
          action={t('try.revoke_action')}
          isReady={hasTokens}
          {...common(endpoints.revoke, {
            name: profile === 'workfront' && refreshToken !== undefined ? 'refresh_token' : 'token',
            value: refreshToken ?? accessToken ?? '',
          })}
          {...step('revoke')}
        />

        {isWeb ? (
          <ExchangeStep
            title={t('try.after_title')}
            text={t('try.after_text_web')}
            action={t('try.after_action_web')}
            isReady={succeeded(revoke)}
            {...common(addresses.introspect, { name: 'token', value: accessToken ?? '' })}
            {...step('after')}
          >
            {steps.exchanges.after && <IntrospectionView exchange={steps.exchanges.after} />}
          </ExchangeStep>
        ) : (
          canRefresh && (
            <ExchangeStep
              title={t('try.after_title')}
              text={t('try.after_text_spa')}
              action={t('try.after_action_spa')}
              isReady={succeeded(revoke)}
              expectsRefusal
              {...common(
                endpoints.token,
                { name: 'grant_type', value: 'refresh_token' },
                { name: 'refresh_token', value: refreshToken ?? '' },
              )}
              {...step('after')}
            >
              {steps.exchanges.after && <AfterRevocation exchange={steps.exchanges.after} />}
            </ExchangeStep>
          )
        )}
      </ol>
      {steps.exchanges.after && (
        <InlineAlert variant="positive">
          <Heading>{t('try.finished_title')}</Heading>
          <Content>{t('try.finished_text')}</Content>
        </InlineAlert>
      )}
    </>
  );
}
