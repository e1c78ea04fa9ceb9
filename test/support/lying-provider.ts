import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { beginOidc, completeOidc } from '../../server/accounts/providers/oidc.ts';
import {
  type Asked,
  type LoginRequest,
  ProviderProblem,
  type VouchedPerson,
} from '../../server/accounts/providers/vouched.ts';
import { newId } from '../../server/base/ids.ts';
import { randomToken } from '../../server/base/master-secret.ts';
import type { OidcProvider } from '../../server/model/identity-provider.ts';
import { sealProviderSecret } from '../../server/registry/identity-providers/secret.ts';
import { type PublishedPair, publishedPair, signedBy } from './key-host.ts';
import { listen } from './listener.ts';
import type { TestApp } from './test-app.ts';

type Members = Record<string, unknown>;

/** An answer as it stands: JSON unless it is a text. */
interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body: Members | string;
}

/** What a provider says instead of, or beside, what an honest one would; undefined leaves a member out. A test changes it as it goes. */
interface Lies {
  discovery: Members;
  /** Of the ID token. */
  claims: Members;
  header: Record<string, string | undefined>;
  /** Of the token endpoint's answer. */
  tokens: Members;
  userinfo: Members;
  /** Instead of all that a path would answer. */
  answers: Record<string, Answer | ((response: ServerResponse) => void)>;
}

export const clientId = 'postern at the provider';
export const clientSecret = 'a secret: of + the client';
const accessToken = 'an access token of the provider';

/**
 * An OpenID Connect provider that does what a test tells it, on loopback. It takes every code, and looks at nobody's credentials: what came
 * is for the test to judge.
 */
export async function lyingProvider() {
  const honest = (): Lies => ({
    discovery: {},
    claims: {},
    header: {},
    tokens: {},
    userinfo: {},
    answers: {},
  });
  const pair = await publishedPair('RS256');
  const state = {
    lies: honest(),
    signs: pair as PublishedPair,
    published: [pair.jwk] as object[],
    /** Of the last authorization request. */
    nonce: '',
    /** Of the last token request. */
    form: new URLSearchParams(),
    authorization: undefined as string | undefined,
  };

  const discovery = (): Members => ({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256', 'ES256', 'EdDSA'],
    ...state.lies.discovery,
  });
  const claims = (now: number): Members => ({
    iss: issuer,
    sub: 'user 1 of the provider',
    aud: clientId,
    iat: now,
    exp: now + 300,
    nonce: state.nonce,
    email: 'ada@example.com',
    email_verified: true,
    name: 'Ada Lovelace',
    ...state.lies.claims,
  });
  const tokens = async (): Promise<Members> => ({
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: 300,
    ...(!('id_token' in state.lies.tokens) && {
      id_token: await signedBy(state.signs, claims(Math.floor(Date.now() / 1000)), state.lies.header),
    }),
    ...state.lies.tokens,
  });
  const answerTo = async (request: IncomingMessage, path: string): Promise<Members | undefined> => {
    switch (path) {
      case '/.well-known/openid-configuration':
        return discovery();
      case '/jwks':
        return { keys: state.published };
      case '/userinfo':
        state.authorization = request.headers.authorization;
        return { sub: 'user 1 of the provider', ...state.lies.userinfo };
      case '/token': {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        state.form = new URLSearchParams(Buffer.concat(chunks).toString());
        state.authorization = request.headers.authorization;
        return tokens();
      }
      default:
        return undefined;
    }
  };

  const host = await listen(async (request, response) => {
    const path = request.url ?? '/';
    const lie = state.lies.answers[path];
    if (typeof lie === 'function') return lie(response);
    const told = await answerTo(request, path);
    const { status = told ? 200 : 404, headers = {}, body = {} } = lie ?? { body: told };
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  const issuer = `http://localhost:${host.port}`;
  return {
    ...host,
    issuer,
    pair,
    state,
    accessToken,
    /** From now on it lies like this, and is honest in everything else. */
    lie(lies: Partial<Lies> = {}): void {
      state.lies = { ...honest(), ...lies };
    },
    /** From now on it lies nowhere, and has the key that it began with. */
    reform(): void {
      this.lie();
      state.signs = pair;
      state.published = [pair.jwk];
    },
    /** How often a path was asked for. */
    asked: (path: string) => host.requests.filter((line) => line.endsWith(` ${path}`)).length,
  };
}

export type LyingProvider = Awaited<ReturnType<typeof lyingProvider>>;

/** A provider of the app's instance, which no table has. */
export function oidcProvider(app: TestApp, issuer: string, fields: Partial<OidcProvider> = {}): OidcProvider {
  const now = app.clock.now();
  const id = newId(now);
  const settings = { issuer, client_id: clientId, scopes: ['openid', 'email', 'profile'] };
  return {
    id,
    instanceId: app.instance.id,
    type: 'oidc',
    name: 'Example ID',
    enabled: true,
    emailDomains: [],
    provisioning: 'create',
    trustsEmail: false,
    isDefault: false,
    claims: {},
    settings,
    sealedSecret: sealProviderSecret(app.services.secret, { id, settings }, clientSecret),
    createdAt: now,
    updatedAt: now,
    lastUsedAt: null,
    lastError: null,
    lastErrorAt: null,
    ...fields,
  };
}

export function loginRequest(app: TestApp, { id }: OidcProvider, asked: Asked = {}): LoginRequest {
  return {
    id: randomToken(),
    providerId: id,
    purpose: 'sign_in',
    startedAt: app.clock.now(),
    asked,
    returnTo: '/account',
  };
}

/** A trip to the provider and back; the provider sends the browser back with a code at once. */
export async function trip(
  app: TestApp,
  provider: OidcProvider,
  lying: LyingProvider,
  { asked = {}, callback = {} }: { asked?: Asked; callback?: Record<string, string | undefined> } = {},
): Promise<VouchedPerson> {
  const request = loginRequest(app, provider, asked);
  const url = new URL(await beginOidc(app.services, app.instance, provider, request));
  lying.state.nonce = url.searchParams.get('nonce') ?? '';
  const answer = Object.entries({ code: 'a code', state: url.searchParams.get('state') ?? '', ...callback });
  const given = answer.filter((entry): entry is [string, string] => entry[1] !== undefined);
  const person = await completeOidc(
    app.services,
    app.instance,
    provider,
    request,
    new URLSearchParams(given),
  );
  const challenge = createHash('sha256')
    .update(lying.state.form.get('code_verifier') ?? '')
    .digest('base64url');
  if (challenge !== url.searchParams.get('code_challenge'))
    throw new Error('the verifier is not that of the challenge');
  return person;
}

/** The problem of a trip that nobody comes back from. */
export async function problemOf(made: Promise<unknown>): Promise<ProviderProblem> {
  try {
    await made;
  } catch (error) {
    if (error instanceof ProviderProblem) return error;
    throw error;
  }
  throw new Error('somebody came back');
}
