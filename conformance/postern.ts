import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, type Servers } from '../bench/processes.ts';
import { Admin } from '../test/support/admin.ts';
import type { Person } from '../test/support/browser.ts';
import type { Credentials } from './plans.ts';
import { secure } from './secured.ts';
import type { Suite } from './suite.ts';

/** The applications that are registered for the suite. */
export interface Clients {
  readonly first: Credentials;
  /** Gets its ID tokens signed with RS256, the others with ES256. */
  readonly second: Credentials;
  /** The only one that is told when sessions end: the suite listens for that in one plan and fails others by it. */
  readonly backChannel: Credentials;
}

export interface Subject {
  /** The suite's name for it, a part of the redirect URIs; each run has its own, or the suite would end one for another. */
  readonly alias: string;
  /** As the suite reaches it. */
  readonly issuer: string;
  readonly clients: Clients;
  /** Who signs in. */
  readonly person: Person;
  readonly stop: () => void;
}

const administrator: Person = {
  id: '',
  email: 'admin@example.com',
  name: 'admin',
  password: 'the administrator of the conformance run',
};

/**
 * Starts Postern from this checkout, on SQLite in a temporary folder and behind TLS, and registers what the plans need.
 * @param directory a folder of the run's own
 */
export async function startPostern(servers: Servers, suite: Suite, directory: string): Promise<Subject> {
  const port = await freePort();
  const securedPort = await freePort();
  const issuer = `https://localhost:${securedPort}`;
  // Postern posts to the suite when a session ends, and must be able to check that it is the suite.
  const suiteCertificate = join(directory, 'suite.pem');
  writeFileSync(suiteCertificate, await suite.certificate());
  await servers.start({
    file: 'server/main.mjs',
    args: ['serve'],
    settings: {
      POSTERN_URL: issuer,
      POSTERN_PORT: String(port),
      POSTERN_DATABASE_URL: `sqlite:${join(directory, 'postern.db')}`,
      POSTERN_SECRET: 'a master secret that only the conformance run uses and that is long enough',
      POSTERN_ADMIN_EMAIL: administrator.email,
      POSTERN_ADMIN_PASSWORD: administrator.password,
      NODE_EXTRA_CA_CERTS: suiteCertificate,
    },
    directory,
    answers: `http://127.0.0.1:${port}/readyz`,
  });
  const proxy = await secure(securedPort, port);

  const admin = new Admin({ url: issuer, port }, administrator);
  const alias = `postern-${randomBytes(4).toString('hex')}`;
  const own = `${suite.url}/test/a/${alias}`;
  const register = async (name: string, fields: object = {}): Promise<Credentials> => {
    const { client_id, client_secret = '' } = await admin.createApplication({
      type: 'web',
      name,
      redirect_uris: [`${own}/callback`],
      post_logout_redirect_uris: [`${own}/post_logout_redirect`],
      ...fields,
    });
    return { client_id, client_secret };
  };
  return {
    alias,
    issuer,
    clients: {
      first: await register('Conformance'),
      second: await register('Conformance, another', { id_token_signed_response_alg: 'RS256' }),
      backChannel: await register('Conformance, back channel', {
        backchannel_logout_uri: `${own}/backchannel_logout`,
        backchannel_logout_session_required: true,
      }),
    },
    person: await admin.createUser({ email: 'mia@example.com', name: 'Mia Berg' }),
    stop: () => void proxy.close(),
  };
}
