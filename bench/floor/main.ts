/**
 * The floor: what no server of this kind can do without. Parses what the others parse, checks the same secrets, makes
 * the same signatures and hashes, and writes as durably, in groups. It has no rules, no policies, no audit log and no
 * errors that teach. Reads `BENCH`, the JSON that `start.ts` writes.
 */
import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  hash,
  randomBytes,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { GroupCommit } from './group-commit.ts';

/** How it is started. */
export interface FloorSettings {
  readonly port: number;
  readonly issuer: string;
  readonly file: string;
  readonly web: { readonly id: string; readonly secret: string; readonly redirectUri: string };
  readonly machine: { readonly id: string; readonly secret: string };
  readonly assertionKey: object;
  /** The values of the cookies of those who are signed in. */
  readonly sessions: readonly string[];
}

const settings = JSON.parse(process.env['BENCH'] ?? '') as FloorSettings;
const { issuer, web, machine } = settings;
const scope = 'api offline_access';
const kid = 'bench';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const assertionKey = createPublicKey({ key: settings.assertionKey as never, format: 'jwk' });
const macKey = randomBytes(32);
const sha256 = (text: string): Buffer => hash('sha256', text, 'buffer');
const secretHashes = new Map([web, machine].map(({ id, secret }) => [id, sha256(secret)]));
const sessions = new Set(settings.sessions.map((value) => sha256(value).toString('hex')));

const database = new DatabaseSync(settings.file);
database.exec(`
  PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
  CREATE TABLE authorizations (id BLOB PRIMARY KEY, generation INTEGER NOT NULL, rotated_at INTEGER) WITHOUT ROWID;
  CREATE TABLE codes (hash BLOB PRIMARY KEY, expires_at INTEGER NOT NULL, spent_at INTEGER) WITHOUT ROWID;
  CREATE TABLE assertions (hash BLOB PRIMARY KEY, expires_at INTEGER NOT NULL) WITHOUT ROWID`);
const insertAuthorization = database.prepare('INSERT INTO authorizations (id, generation) VALUES (?, 1)');
const rotateAuthorization = database.prepare(
  'UPDATE authorizations SET generation = generation + 1, rotated_at = ? WHERE id = ? AND generation = ?',
);
const insertCode = database.prepare('INSERT INTO codes (hash, expires_at) VALUES (?, ?)');
const spendCode = database.prepare(
  'UPDATE codes SET spent_at = ? WHERE hash = ? AND spent_at IS NULL AND expires_at > ?',
);
const insertAssertion = database.prepare(
  'INSERT INTO assertions (hash, expires_at) VALUES (?, ?) ON CONFLICT DO NOTHING',
);
const commits = new GroupCommit(database);

createServer(async (request, response) => {
  const body = await read(request);
  try {
    await answer(request, response, body);
  } catch (error) {
    send(response, 500, { error: String(error) });
  }
}).listen(settings.port, '127.0.0.1');

process.on('SIGTERM', () => process.exit(0));

function read(request: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => resolve(text));
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, body: string): Promise<void> {
  const url = request.url ?? '';
  if (url.startsWith('/authorize?')) return authorize(request, response, new URLSearchParams(url.slice(11)));
  if (url === '/jwks') {
    const key = { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' };
    return send(response, 200, { keys: [key] });
  }
  const form = new URLSearchParams(body);
  if (form.has('assertion')) return exchange(response, form);
  const client = authenticate(request.headers.authorization);
  if (client === undefined) return send(response, 401, { error: 'invalid_client' });
  if (url === '/introspect') return introspect(response, client, form.get('token') ?? '');
  if (form.get('grant_type') === 'client_credentials')
    return send(response, 200, tokens(client, client, 'api'));
  if (form.get('grant_type') === 'authorization_code')
    return redeem(response, client, form.get('code') ?? '');
  return refresh(response, client, form.get('refresh_token') ?? '');
}

function authenticate(header = ''): string | undefined {
  const pair = Buffer.from(header.slice('Basic '.length), 'base64').toString();
  const colon = pair.indexOf(':');
  const id = decodeURIComponent(pair.slice(0, colon));
  const expected = secretHashes.get(id);
  const given = sha256(decodeURIComponent(pair.slice(colon + 1)));
  return expected && timingSafeEqual(expected, given) ? id : undefined;
}

async function authorize(
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
): Promise<void> {
  const cookie = request.headers.cookie ?? '';
  const session = sha256(cookie.slice(cookie.indexOf('=') + 1)).toString('hex');
  if (!sessions.has(session) || query.get('redirect_uri') !== web.redirectUri)
    return send(response, 400, { error: 'invalid_request' });
  const code = randomBytes(32).toString('base64url');
  await commits.add(() => insertCode.run(sha256(code), Date.now() + 120_000).changes === 1);
  const answer = new URLSearchParams({ code, state: query.get('state') ?? '', iss: issuer });
  response.writeHead(303, { location: `${web.redirectUri}?${answer}`, 'content-length': 0 }).end();
}

async function redeem(response: ServerResponse, client: string, code: string): Promise<void> {
  const id = randomBytes(16);
  const now = Date.now();
  const redeemed = await commits.add(
    () => spendCode.run(now, sha256(code), now).changes === 1 && insertAuthorization.run(id).changes === 1,
  );
  if (!redeemed) return send(response, 400, { error: 'invalid_grant' });
  send(response, 200, { ...tokens(client, 'person', scope), refresh_token: writeRefreshToken(id, 1) });
}

async function refresh(response: ServerResponse, client: string, token: string): Promise<void> {
  const read = readRefreshToken(token);
  const rotated =
    read &&
    (await commits.add(() => rotateAuthorization.run(Date.now(), read.id, read.generation).changes === 1));
  if (!rotated) return send(response, 400, { error: 'invalid_grant' });
  const successor = writeRefreshToken(read.id, read.generation + 1);
  send(response, 200, { ...tokens(client, 'person', scope), refresh_token: successor });
}

async function exchange(response: ServerResponse, form: URLSearchParams): Promise<void> {
  const [header = '', payload = '', signature = ''] = (form.get('assertion') ?? '').split('.');
  const claims = decode(payload);
  const good =
    decode(header)['alg'] === 'RS256' &&
    claims['iss'] === machine.id &&
    claims['aud'] === issuer &&
    (claims['exp'] as number) * 1000 > Date.now() &&
    verify('sha256', Buffer.from(`${header}.${payload}`), assertionKey, Buffer.from(signature, 'base64url'));
  const expiresAt = (claims['exp'] as number) * 1000;
  const first =
    good &&
    (await commits.add(() => insertAssertion.run(sha256(claims['jti'] as string), expiresAt).changes === 1));
  if (!first) return send(response, 400, { error: 'invalid_grant' });
  send(response, 200, tokens(machine.id, 'person', 'api'));
}

function introspect(response: ServerResponse, client: string, token: string): void {
  if (token.includes('.')) send(response, 200, readAccessToken(token) ?? { active: false });
  else if (!readRefreshToken(token)) send(response, 200, { active: false });
  else send(response, 200, { active: true, iss: issuer, client_id: client, sub: 'person', scope });
}

function readAccessToken(token: string): object | undefined {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const signed = Buffer.from(`${header}.${payload}`);
  const bytes = Buffer.from(signature, 'base64url');
  const claims = decode(payload);
  const good =
    decode(header)['alg'] === 'ES256' &&
    verify('sha256', signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, bytes) &&
    (claims['exp'] as number) * 1000 > Date.now();
  return good ? { active: true, ...claims } : undefined;
}

function tokens(clientId: string, sub: string, scope: string): object {
  const iat = Math.floor(Date.now() / 1000);
  const jti = randomBytes(16).toString('hex');
  const claims = { iss: issuer, sub, aud: issuer, client_id: clientId, scope, iat, exp: iat + 3600, jti };
  const signed = `${encode({ alg: 'ES256', typ: 'at+jwt', kid })}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const accessToken = `${signed}.${signature.toString('base64url')}`;
  return { token_type: 'Bearer', access_token: accessToken, expires_in: 3600, scope };
}

function writeRefreshToken(id: Buffer, generation: number): string {
  const body = Buffer.alloc(20);
  id.copy(body);
  body.writeUInt32BE(generation, 16);
  return Buffer.concat([body, createHmac('sha256', macKey).update(body).digest()]).toString('base64url');
}

function readRefreshToken(token: string): { id: Buffer; generation: number } | undefined {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== 52) return undefined;
  const body = bytes.subarray(0, 20);
  if (!timingSafeEqual(createHmac('sha256', macKey).update(body).digest(), bytes.subarray(20)))
    return undefined;
  return { id: body.subarray(0, 16), generation: body.readUInt32BE(16) };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'content-length': Buffer.byteLength(text),
    })
    .end(text);
}
