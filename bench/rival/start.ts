import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Browser } from '../../test/support/browser.ts';
import { freePort, type Servers } from '../processes.ts';
import { redirectUri, type Setting, type Subject } from '../subject.ts';
import { TokenQueue } from '../token-queue.ts';
import type { RivalSettings } from './main.ts';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** node-oidc-provider, with everything in memory or everything on disk. */
export async function startRival(
  servers: Servers,
  setting: Setting,
  name: 'oidc-provider' | 'oidc-provider-sqlite',
): Promise<Subject> {
  const directory = join(setting.directory, name);
  await mkdir(directory);
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const settings: RivalSettings = {
    port,
    issuer,
    web: { id: 'web', secret: 'the-secret-of-the-web-client-of-the-bench', redirectUri },
    machine: { id: 'machine', secret: 'the-secret-of-the-machine-client-of-the-bench' },
    signer: {
      id: 'signer',
      publicJwk: { ...setting.assertionKey.publicKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig' },
    },
    resources: { jwt: 'https://api.example.com/jwt', opaque: 'https://api.example.com/opaque' },
    file: name === 'oidc-provider' ? null : join(directory, 'records.db'),
  };
  const pid = await servers.start({
    file: 'bench/rival/main.ts',
    nodeOptions:
      setting.profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${join(setting.profile, name)}`],
    settings: { BENCH: JSON.stringify(settings) },
    directory,
    answers: `http://127.0.0.1:${port}/jwks`,
  });
  const { web, machine, signer, resources } = settings;

  const sessions: string[] = [];
  for (let signedIn = 0; signedIn <= setting.users; signedIn++) {
    const browser = new Browser({ url: issuer, port });
    const parameters = {
      response_type: 'code',
      client_id: web.id,
      redirect_uri: redirectUri,
      scope: 'openid profile email api offline_access',
      resource: resources.jwt,
      login_hint: `person-${signedIn}`,
    };
    await browser.authorize(parameters, { email: '', password: '' }, { endpoint: '/auth' });
    const cookies = [...browser.cookies].filter(([name]) => name.startsWith('_session'));
    sessions.push(cookies.map(([name, value]) => `${name}=${value}`).join('; '));
  }

  return {
    name,
    port,
    pid,
    issuer,
    paths: {
      authorize: '/auth',
      token: '/token',
      introspect: '/token/introspection',
      jwks: '/jwks',
      userinfo: '/me',
    },
    web,
    machine,
    sessions: sessions.slice(1),
    sessionToLose: sessions[0] as string,
    tokenParameters: { resource: resources.jwt },
    introspectedTokenParameters: { resource: resources.opaque },
    assertion: {
      claims: { iss: signer.id, sub: signer.id, aud: issuer },
      parameters: (jwt) => ({
        grant_type: 'client_credentials',
        client_assertion_type: assertionType,
        client_assertion: jwt,
      }),
    },
    refreshTokens: new TokenQueue(),
    hotRefreshTokens: new TokenQueue(),
    people: [],
    api: null,
  };
}
