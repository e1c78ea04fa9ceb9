import { randomUUID, sign } from 'node:crypto';
import { authorize, openidScope, tokens, unexpected } from './exchanges.ts';
import { basic } from './http-client.ts';
import { type LoadOptions, measure, type Perform } from './load.ts';
import { keepSigningIn, signIn } from './sign-in.ts';
import type { Measurable, Setting, Subject, SubjectName } from './subject.ts';
import type { TokenQueue } from './token-queue.ts';

/** What an answer with tokens or an introspection held, to be looked at afterwards. */
export interface Sample {
  readonly kind: 'jwt' | 'id_token' | 'introspection';
  readonly clientId: string;
  readonly token: string;
}

export interface Operation {
  readonly name: string;
  readonly title: string;
  /** Requests in one measurement of a whole run. */
  readonly count: number;
  /** Whose operation it is; everybody's unless given. */
  readonly only?: readonly SubjectName[];
  /** Which process it measures, if not the server itself. */
  readonly measured?: (subject: Subject) => Measurable;
  readonly load?: LoadOptions;
  /** What goes on beside it. @returns how to end it */
  readonly beside?: (subject: Subject) => () => Promise<void>;
  /** Requests a second of Postern on SQLite, at least so many times those of the other. */
  readonly targets: Partial<Record<SubjectName, number>>;
  /**
   * Sees to what the requests need, before the clock runs.
   * @param samples where the operation puts some of what it was given
   */
  readonly prepare: (
    subject: Subject,
    setting: Setting,
    count: number,
    samples: Sample[],
  ) => Promise<Perform>;
}

const hot = 100;
const postern: readonly SubjectName[] = ['postern-sqlite', 'postern-postgres'];
const withOpenid: readonly SubjectName[] = [...postern, 'oidc-provider', 'oidc-provider-sqlite'];
/** People who sign in at one moment. */
const peopleAtOnce = 20;
/** One in so many answers is kept as a sample. */
const sampleEvery = 100;

const clientCredentials: Operation['prepare'] = async (subject, _setting, _count, samples) => {
  const form = { grant_type: 'client_credentials', scope: 'api', ...subject.tokenParameters };
  const body = String(new URLSearchParams(form));
  const headers = { authorization: basic(subject.machine) };
  return async (connection, index) => {
    const { access_token } = tokens(await connection.post(subject.paths.token, body, headers));
    keepSample(samples, index, { kind: 'jwt', clientId: subject.machine.id, token: access_token });
  };
};

export const operations: readonly Operation[] = [
  {
    name: 'client_credentials',
    title: 'client_credentials with a secret',
    count: 4000,
    targets: { 'oidc-provider': 3, floor: 0.5 },
    prepare: clientCredentials,
  },
  {
    name: 'assertion',
    title: 'a token for a signed assertion, RS256',
    count: 1500,
    targets: { 'oidc-provider': 3 },
    prepare: async (subject, setting, count, samples) => {
      const { claims, parameters } = subject.assertion;
      // Made before the clock runs: signing costs the client more than it costs a server to verify.
      const bodies = Array.from({ length: count }, () => {
        const jwt = signAssertion(setting, claims);
        return String(new URLSearchParams({ ...parameters(jwt), scope: 'api', ...subject.tokenParameters }));
      });
      return async (connection, index) => {
        const answer = await connection.post(subject.paths.token, bodies[index] as string);
        const { access_token } = tokens(answer);
        keepSample(samples, index, { kind: 'jwt', clientId: claims.iss, token: access_token });
      };
    },
  },
  {
    name: 'authorize',
    title: 'authorize and redeem the code (two requests)',
    count: 2000,
    targets: { 'oidc-provider': 3 },
    prepare: async (subject, _setting, _count, samples) => async (connection, index) => {
      const { access_token, refresh_token } = await authorize(subject, connection, index);
      subject.refreshTokens.put(refresh_token);
      keepSample(samples, index, { kind: 'jwt', clientId: subject.web.id, token: access_token });
    },
  },
  {
    name: 'openid',
    title: 'OpenID Connect: authorize, redeem the code for an ID token too, userinfo (three requests)',
    count: 1500,
    only: withOpenid,
    targets: { 'oidc-provider': 3 },
    prepare: async (subject, _setting, _count, samples) => async (connection, index) => {
      const parameters = { scope: openidScope, nonce: `nonce-${index}` };
      const { access_token, id_token } = await authorize(subject, connection, index, parameters);
      const authorization = `Bearer ${access_token}`;
      const userinfo = await connection.get(subject.paths.userinfo ?? '', { authorization });
      if (id_token === undefined || userinfo.status !== 200 || !userinfo.body.includes('"email":'))
        throw unexpected(userinfo);
      keepSample(samples, index, { kind: 'id_token', clientId: subject.web.id, token: id_token });
    },
  },
  {
    name: 'refresh',
    title: 'refresh, each another authorization',
    count: 4000,
    targets: { 'oidc-provider': 3, 'oidc-provider-sqlite': 5, floor: 0.5 },
    prepare: async (subject, _setting, count, samples) => {
      await fill(subject, subject.refreshTokens, count);
      return refreshFrom(subject, subject.refreshTokens, samples);
    },
  },
  {
    name: 'refresh-hot',
    title: `refresh, on ${hot} hot authorizations`,
    count: 4000,
    targets: {},
    prepare: async (subject, _setting, _count, samples) => {
      await fill(subject, subject.hotRefreshTokens, hot);
      return refreshFrom(subject, subject.hotRefreshTokens, samples);
    },
  },
  {
    name: 'introspect-access',
    title: 'introspection of access tokens, each ten times',
    count: 5000,
    targets: { 'oidc-provider': 2 },
    prepare: async (subject, _setting, count, samples) => {
      const accessTokens: string[] = [];
      await measure(subject, Math.ceil(count / 10), async (connection, index) => {
        const parameters = subject.introspectedTokenParameters;
        accessTokens.push((await authorize(subject, connection, index, parameters)).access_token);
      });
      return introspect(subject, accessTokens, 'access_token', samples);
    },
  },
  {
    name: 'introspect-refresh',
    title: 'introspection of refresh tokens',
    count: 5000,
    targets: { 'oidc-provider': 3, floor: 0.5 },
    prepare: async (subject, _setting, count, samples) => {
      await fill(subject, subject.refreshTokens, count);
      return introspect(subject, subject.refreshTokens.first(count), 'refresh_token', samples);
    },
  },
  {
    name: 'sign-in',
    title: 'sign-in with a password, from the authorization request to the tokens',
    count: 60,
    only: postern,
    load: { concurrency: peopleAtOnce },
    targets: {},
    prepare: async (subject, _setting, _count, samples) => async (connection, index) => {
      const token = await signIn(subject, connection, index);
      keepSample(samples, index, { kind: 'jwt', clientId: subject.web.id, token });
    },
  },
  {
    name: 'beside-nothing',
    title: 'client_credentials on four connections, while nobody signs in',
    count: 1000,
    only: postern,
    load: { concurrency: 4 },
    targets: {},
    prepare: clientCredentials,
  },
  {
    name: 'beside-sign-ins',
    title: `client_credentials on four connections, while ${peopleAtOnce} people sign in over and over`,
    count: 1000,
    only: postern,
    load: { concurrency: 4 },
    beside: (subject) => keepSigningIn(subject, peopleAtOnce),
    targets: {},
    prepare: clientCredentials,
  },
  {
    name: 'offline-check',
    title: 'a call of the example API, which checks the access token by itself',
    count: 5000,
    only: ['postern-sqlite'],
    measured: (subject) => subject.api as Measurable,
    targets: {},
    prepare: async (subject, _setting, count) => {
      const accessTokens: string[] = [];
      await measure(subject, Math.ceil(count / 10), async (connection, index) => {
        accessTokens.push((await authorize(subject, connection, index)).access_token);
      });
      return async (connection, index) => {
        const authorization = `Bearer ${accessTokens[index % accessTokens.length]}`;
        const answer = await connection.get('/attask/api/v19.0/proj/search', { authorization });
        if (answer.status !== 200 || !answer.body.startsWith('{"data":')) throw unexpected(answer);
      };
    },
  },
];

/** Takes the refresh token that was put there longest ago, spends it, and puts its successor there. */
function refreshFrom(subject: Subject, queue: TokenQueue, samples: Sample[]): Perform {
  const form = String(new URLSearchParams({ grant_type: 'refresh_token', ...subject.tokenParameters }));
  const headers = { authorization: basic(subject.web) };
  return async (connection, index) => {
    const token = queue.take();
    const body = `${form}&refresh_token=${encodeURIComponent(token)}`;
    const answer = await connection.post(subject.paths.token, body, headers);
    const { access_token, refresh_token } = tokens(answer);
    if (typeof refresh_token !== 'string' || refresh_token === token) throw unexpected(answer);
    queue.put(refresh_token);
    keepSample(samples, index, { kind: 'jwt', clientId: subject.web.id, token: access_token });
  };
}

function introspect(
  subject: Subject,
  asked: readonly string[],
  hint: 'access_token' | 'refresh_token',
  samples: Sample[],
): Perform {
  const headers = { authorization: basic(subject.web) };
  const bodies = asked.map((token) => String(new URLSearchParams({ token, token_type_hint: hint })));
  return async (connection, index) => {
    const body = bodies[index % bodies.length] as string;
    const answer = await connection.post(subject.paths.introspect, body, headers);
    if (answer.status !== 200 || !answer.body.includes('"active":true')) throw unexpected(answer);
    keepSample(samples, index, { kind: 'introspection', clientId: subject.web.id, token: answer.body });
  };
}

/** Makes authorizations until there are so many refresh tokens. */
async function fill(subject: Subject, queue: TokenQueue, count: number): Promise<void> {
  const missing = count - queue.length;
  if (missing <= 0) return;
  await measure(subject, missing, async (connection, index) => {
    queue.put((await authorize(subject, connection, index)).refresh_token);
  });
}

function signAssertion(setting: Setting, claims: { iss: string; sub: string; aud: string }): string {
  const now = Math.floor(Date.now() / 1000);
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode({ ...claims, iat: now, exp: now + 600, jti: randomUUID() })}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), setting.assertionKey.privateKey).toString('base64url')}`;
}

function keepSample(samples: Sample[], index: number, sample: Sample): void {
  if (index % sampleEvery === 0) samples.push(sample);
}
