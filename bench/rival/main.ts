/** node-oidc-provider, set up for what Postern does. Reads `BENCH`, the JSON that `start.ts` writes. */
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import Provider from 'oidc-provider';
import { MemoryAdapter } from './memory-adapter.ts';
import { sqliteAdapter } from './sqlite-adapter.ts';

/** How it is started. */
export interface RivalSettings {
  readonly port: number;
  readonly issuer: string;
  readonly web: { readonly id: string; readonly secret: string; readonly redirectUri: string };
  readonly machine: { readonly id: string; readonly secret: string };
  /** The client that signs assertions; there a client has one way to authenticate. */
  readonly signer: { readonly id: string; readonly publicJwk: object };
  /** The API whose access tokens are JWTs, and the one whose tokens are opaque and can be introspected. */
  readonly resources: { readonly jwt: string; readonly opaque: string };
  /** Where it keeps everything; null for in memory. */
  readonly file: string | null;
}

const { port, issuer, web, machine, signer, resources, file } = JSON.parse(
  process.env['BENCH'] ?? '',
) as RivalSettings;

const hour = 3600;
const day = 24 * hour;
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const provider = new Provider(issuer, {
  adapter: file === null ? MemoryAdapter : sqliteAdapter(file),
  clients: [
    {
      client_id: web.id,
      client_secret: web.secret,
      redirect_uris: [web.redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
    },
    {
      client_id: machine.id,
      client_secret: machine.secret,
      redirect_uris: [],
      grant_types: ['client_credentials'],
      response_types: [],
      token_endpoint_auth_method: 'client_secret_basic',
    },
    {
      client_id: signer.id,
      redirect_uris: [],
      grant_types: ['client_credentials'],
      response_types: [],
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'RS256',
      jwks: { keys: [signer.publicJwk] },
    },
  ],
  clientDefaults: { id_token_signed_response_alg: 'ES256' },
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'bench', alg: 'ES256', use: 'sig' }] },
  cookies: { keys: ['a cookie key of the bench'] },
  scopes: ['openid', 'profile', 'email', 'offline_access'], // `api` is the APIs' own
  claims: {
    openid: ['sub'],
    profile: ['name', 'locale', 'updated_at'],
    email: ['email', 'email_verified'],
  },
  findAccount: (_context: unknown, id: string) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      name: id,
      locale: 'en',
      updated_at: 1,
      email: `${id}@example.com`,
      email_verified: true,
    }),
  }),
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_context: unknown, resource: string) => ({
        scope: 'api',
        audience: resource,
        accessTokenTTL: hour,
        ...(resource === resources.jwt
          ? { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } }
          : { accessTokenFormat: 'opaque' }),
      }),
    },
  },
  issueRefreshToken: () => true,
  rotateRefreshToken: true,
  pkce: { required: () => false },
  ttl: {
    AccessToken: hour,
    AuthorizationCode: 120,
    ClientCredentials: hour,
    Grant: 180 * day,
    Interaction: hour,
    RefreshToken: 180 * day,
    Session: 14 * day,
  },
  interactions: {
    url: (_context: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}`,
  },
});

const answer = provider.callback();
createServer((request, response) => {
  if (request.url?.startsWith('/interaction/')) void signInAndAllow(request, response);
  else answer(request, response);
}).listen(port, '127.0.0.1');

/** In place of the pages for people: signs in whom `login_hint` names, and remembers that they allow everything. */
async function signInAndAllow(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const { params } = await provider.interactionDetails(request, response);
    const accountId = params['login_hint'] ?? 'somebody';
    const grant = new provider.Grant({ accountId, clientId: params['client_id'] ?? '' });
    grant.addOIDCScope('openid profile email offline_access');
    for (const resource of Object.values(resources)) grant.addResourceScope(resource, 'api');
    const grantId = await grant.save();
    await provider.interactionFinished(request, response, { login: { accountId }, consent: { grantId } });
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}

process.on('SIGTERM', () => process.exit(0));
