import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Admin } from '../../test/support/admin.ts';
import { Browser, type Person } from '../../test/support/browser.ts';
import { freePort, type Servers } from '../processes.ts';
import { type Measurable, redirectUri, type Setting, type Subject } from '../subject.ts';
import { TokenQueue } from '../token-queue.ts';

const administrator: Person = {
  id: '',
  email: 'admin@example.com',
  name: 'admin',
  password: 'the administrator of the bench',
};

export const benchSecret = 'a master secret that only the bench uses and that is long enough';

/**
 * Postern as `npm start` runs it, with everything registered over its own API.
 * @param databaseUrl as in POSTERN_DATABASE_URL; undefined for SQLite in the folder of the run
 */
export async function startPostern(
  servers: Servers,
  setting: Setting,
  name: 'postern-sqlite' | 'postern-postgres',
  databaseUrl?: string,
): Promise<Subject> {
  const directory = join(setting.directory, name);
  await mkdir(directory);
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const url = databaseUrl ?? `sqlite:${join(directory, 'postern.db')}`;
  const pid = await startProcess(servers, setting, { name, port, issuer }, url);

  const target = { url: issuer, port };
  const admin = new Admin(target, administrator);
  const web = await admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
  const machine = await admin.createApplication({ type: 'machine' });
  const me = await admin.must<{ id: string }>('GET', '/me');
  const publicKey = setting.assertionKey.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  await admin.addPublicKey(machine.id, publicKey, me.id);

  const apiPort = await freePort();
  const api: Measurable = {
    port: apiPort,
    issuer: `http://localhost:${apiPort}`,
    pid: await servers.start({
      file: 'examples/workboard/main.ts',
      settings: { ISSUER: issuer, PORT: String(apiPort) },
      directory,
      answers: `http://127.0.0.1:${apiPort}/`,
      isReadyWhen: 'it answers',
    }),
  };

  const people: Person[] = [];
  const sessions: string[] = [];
  for (let signedIn = 0; signedIn <= setting.users; signedIn++) {
    const person = await admin.createUser();
    people.push(person);
    const browser = new Browser(target);
    await browser.authorize(
      {
        response_type: 'code',
        client_id: web.client_id,
        redirect_uri: redirectUri,
        scope: 'openid profile email api offline_access',
        state: 'first',
      },
      person,
    );
    sessions.push([...browser.cookies].map(([cookie, value]) => `${cookie}=${value}`).join('; '));
  }

  return {
    name,
    port,
    pid,
    issuer,
    paths: {
      authorize: '/oauth2/authorize',
      token: '/oauth2/token',
      introspect: '/oauth2/introspect',
      jwks: '/oauth2/jwks',
      userinfo: '/oauth2/userinfo',
    },
    web: { id: web.client_id, secret: web.client_secret as string, redirectUri },
    machine: { id: machine.client_id, secret: machine.client_secret as string },
    sessions: sessions.slice(1),
    sessionToLose: sessions[0] as string,
    tokenParameters: {},
    introspectedTokenParameters: {},
    assertion: {
      claims: { iss: machine.client_id, sub: me.id, aud: issuer },
      parameters: (jwt) => ({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: jwt }),
    },
    refreshTokens: new TokenQueue(),
    hotRefreshTokens: new TokenQueue(),
    people: people.slice(1),
    api,
  };
}

/** Starts it again at the same address, after it was stopped. @returns its process ID, as soon as it answers */
export function restartPostern(
  servers: Servers,
  setting: Setting,
  subject: Subject,
  databaseUrl: string,
): Promise<number> {
  return startProcess(servers, setting, subject, databaseUrl);
}

function startProcess(
  servers: Servers,
  setting: Setting,
  { name, port, issuer }: Pick<Subject, 'name' | 'port' | 'issuer'>,
  databaseUrl: string,
): Promise<number> {
  return servers.start({
    file: 'server/main.mjs',
    args: ['serve'],
    nodeOptions: [
      '--max-semi-space-size=4', // as `npm start` has it
      ...(setting.profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${join(setting.profile, name)}`]),
    ],
    settings: {
      POSTERN_URL: issuer,
      POSTERN_DATABASE_URL: databaseUrl,
      POSTERN_SECRET: benchSecret,
      POSTERN_ADMIN_EMAIL: administrator.email,
      POSTERN_ADMIN_PASSWORD: administrator.password,
      POSTERN_RATE_LIMITS: 'off', // of sign-ins; everybody here signs in from one address
    },
    directory: join(setting.directory, name),
    answers: `http://127.0.0.1:${port}/readyz`,
  });
}
