import type { Application } from '../../../api/types.ts';
import { addressesOf, type Profile } from '../endpoints.ts';
import type { SnippetRequest } from './request.ts';

export type StepId = 'sign_in' | 'code' | 'client_credentials' | 'jwt' | 'refresh' | 'api' | 'revoke';

/** One thing that a client does. */
export interface Step {
  readonly id: StepId;
  readonly request: SnippetRequest;
}

/** What the programs are filled in with. */
export interface SnippetValues {
  readonly profile: Profile;
  readonly issuer: string;
  readonly customerId: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  /** The identifier of the API that the tokens are for; undefined: by the scopes. */
  readonly resource?: string | undefined;
  readonly usesPkce: boolean;
  /** Whom a machine acts for. */
  readonly userId: string;
}

/** What a client of this type does, from the first token to the last request. */
export function stepsOf(type: Application['type'], values: SnippetValues): Step[] {
  return type === 'machine' ? machineSteps(values) : userSteps(type, values);
}

function userSteps(type: 'spa' | 'web', values: SnippetValues): Step[] {
  const { issuer, profile, clientId, redirectUri, usesPkce } = values;
  const { token, revoke } = addressesOf(issuer)[profile];
  const post = (url: string, ...form: SnippetRequest['form'][number][]): SnippetRequest =>
    type === 'web'
      ? { method: 'POST', url, basicClientId: clientId, form }
      : { method: 'POST', url, form: [['client_id', clientId], ...form] };
  const verifier: SnippetRequest['form'] = usesPkce ? [['code_verifier', { variable: 'CODE_VERIFIER' }]] : [];
  return [
    {
      id: 'code',
      request: post(
        token,
        ['grant_type', 'authorization_code'],
        ['code', { variable: 'CODE' }],
        ...verifier,
        ['redirect_uri', redirectUri],
      ),
    },
    {
      id: 'refresh',
      request: post(token, ['grant_type', 'refresh_token'], ['refresh_token', { variable: 'REFRESH_TOKEN' }]),
    },
    { id: 'api', request: apiRequest(type, profile) },
    {
      id: 'revoke',
      request: post(revoke, [
        profile === 'workfront' ? 'refresh_token' : 'token',
        { variable: 'REFRESH_TOKEN' },
      ]),
    },
  ];
}

function machineSteps(values: SnippetValues): Step[] {
  const { issuer, profile, clientId, customerId, userId, resource } = values;
  const forApi: SnippetRequest['form'] =
    resource === undefined || profile === 'workfront' ? [] : [['resource', resource]];
  const { token, revoke, jwt } = addressesOf(issuer)[profile];
  const claims = { iss: profile === 'workfront' ? customerId : clientId, sub: userId, aud: issuer };
  return [
    {
      id: 'jwt',
      request: {
        method: 'POST',
        url: jwt,
        form:
          profile === 'workfront'
            ? [
                ['client_id', clientId],
                ['client_secret', { variable: 'CLIENT_SECRET' }],
                ['jwt_token', { signed: 'jwt' }],
              ]
            : [
                ['grant_type', 'urn:ietf:params:oauth:grant-type:jwt-bearer'],
                ['assertion', { signed: 'jwt' }],
                ...forApi,
              ],
        jwt: claims,
      },
    },
    {
      id: 'client_credentials',
      request: {
        method: 'POST',
        url: token,
        basicClientId: clientId,
        form: [['grant_type', 'client_credentials'], ...forApi],
      },
    },
    { id: 'api', request: apiRequest('machine', profile) },
    {
      id: 'revoke',
      request: {
        method: 'POST',
        url: revoke,
        basicClientId: clientId,
        form: [['token', { variable: 'ACCESS_TOKEN' }]],
      },
    },
  ];
}

/** Tokens of the Workfront profile travel in the header that their `token_type` names. */
function apiRequest(type: Application['type'], profile: Profile): SnippetRequest {
  return {
    method: 'GET',
    url: { variable: 'API_URL' },
    tokenHeader:
      profile === 'workfront' && type !== 'spa'
        ? { name: 'sessionID', prefix: '' }
        : { name: 'Authorization', prefix: 'Bearer ' },
    form: [],
  };
}
