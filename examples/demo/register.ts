import { generateKeyPair, type KeyObject } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { Browser } from './browser.ts';

/** The administrator's part: signs in, adds a user, and registers applications and the product over the REST API. */

export interface SignIn {
  email: string;
  password: string;
}

export interface Registered {
  administrator: { id: string };
  web: { clientId: string; clientSecret: string; redirectUri: string };
  spa: { clientId: string; redirectUri: string };
  machine: { clientId: string; clientSecret: string; privateKeyFile: string };
  /** The identity provider that hands the product's users over, and the machine application by which it calls the REST API. */
  product: { providerId: string; clientId: string; privateKeyFile: string };
  /** A call to the REST API as the administrator. @throws Error naming the call when it is refused */
  call: <Answer>(method: string, path: string, json?: unknown) => Promise<Answer>;
}

export interface Wanted {
  issuer: string;
  administrator: SignIn;
  user: SignIn & { name: string };
  webRedirectUri: string;
  spaRedirectUri: string;
  /** Where the machine client's private key is put; the server never sees it. */
  privateKeyFile: string;
  /** The product's URL, and where its private key is put. */
  product: { url: string; privateKeyFile: string };
}

interface KeyPair {
  publicKey: KeyObject;
  privateKey: KeyObject;
}

/**
 * @returns what the clients need to know
 * @throws Error naming the call that was refused
 */
export async function register(wanted: Wanted): Promise<Registered> {
  const { issuer } = wanted;
  const browser = new Browser();

  async function call<Answer>(method: string, path: string, json?: unknown): Promise<Answer> {
    const { status, body } = await browser.call(method, issuer + path, json);
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(body)}`);
    return body as Answer;
  }

  const { email, password } = wanted.administrator;
  await browser.submit(await browser.get(`${issuer}/login`), { email, password });
  const administrator = await call<{ id: string }>('GET', '/api/v1/me');
  await call('POST', '/api/v1/users', { ...wanted.user, role: 'user' });

  type Application = { id: string; client_id: string; client_secret: string };
  const web = await call<Application>('POST', '/api/v1/applications', {
    type: 'web',
    name: 'Web example',
    description: 'Shows your projects, from its own server.',
    redirect_uris: [wanted.webRedirectUri],
    developer_name: 'The Postern authors',
  });
  const spa = await call<Application>('POST', '/api/v1/applications', {
    type: 'spa',
    name: 'Single-page example',
    description: 'Shows your projects, from within your browser.',
    redirect_uris: [wanted.spaRedirectUri],
    developer_name: 'The Postern authors',
  });
  const machine = await call<Application>('POST', '/api/v1/applications', {
    type: 'machine',
    name: 'Nightly report',
  });

  const backend = await call<Application>('POST', '/api/v1/applications', {
    type: 'machine',
    name: 'Harbour, its own server',
    scopes: ['admin'],
  });
  const provider = await call<{ id: string }>('POST', '/api/v1/identity-providers', {
    type: 'handover',
    name: 'Harbour',
    issuer: wanted.product.url,
    login_url: `${wanted.product.url}/hand-over`,
    jwks_uri: `${wanted.product.url}/jwks.json`,
    claims: { administrator: { claim: 'role', values: ['owner'] } },
  });

  /** Both keys act for the administrator who adds them. */
  async function addKey({ id }: Application, pair: KeyPair, file: string): Promise<void> {
    await writeFile(file, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const public_key = pair.publicKey.export({ type: 'spki', format: 'pem' });
    await call('POST', `/api/v1/applications/${id}/public-keys`, { name: 'demo', public_key });
  }
  const makePair = promisify(generateKeyPair);
  await addKey(machine, await makePair('rsa', { modulusLength: 2048 }), wanted.privateKeyFile);
  await addKey(backend, await makePair('ec', { namedCurve: 'P-256' }), wanted.product.privateKeyFile);

  return {
    administrator,
    web: { clientId: web.client_id, clientSecret: web.client_secret, redirectUri: wanted.webRedirectUri },
    spa: { clientId: spa.client_id, redirectUri: wanted.spaRedirectUri },
    machine: {
      clientId: machine.client_id,
      clientSecret: machine.client_secret,
      privateKeyFile: wanted.privateKeyFile,
    },
    product: {
      providerId: provider.id,
      clientId: backend.client_id,
      privateKeyFile: wanted.product.privateKeyFile,
    },
    call,
  };
}
