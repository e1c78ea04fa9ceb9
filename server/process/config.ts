import { existsSync, linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import proxyAddr from '@fastify/proxy-addr';
import { randomId } from '../base/ids.ts';
import { randomToken } from '../base/master-secret.ts';
import { isHostname, isLoopbackHost } from '../base/origin.ts';
import { makePrivateDirectory } from '../base/private-folder.ts';
import { isEmail } from '../model/email.ts';
import { BadDatabaseUrl, readPostgresUrl } from '../store/engine/postgres-url.ts';
import { EnvFileError, readEnvFile } from './env-file.ts';
import { leastOfPassword, leastOfSecret, leastOfToken, whyGuessable } from './guessable.ts';

/** What the operator decided, checked and frozen. This file is the only reader of `process.env`. */
export interface Config {
  /** Public base URL of the default instance; its issuer identifier, byte for byte. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly database: { engine: 'sqlite'; file: string } | { engine: 'postgres'; url: string };
  /** Master secrets: the first writes, all read. */
  readonly secrets: readonly string[];
  /** Made when the instance has no user. */
  readonly administrator: { email: string; password: string } | null;
  /** Addresses and CIDR blocks of proxies whose X-Forwarded-* headers count. */
  readonly trustProxy: readonly string[];
  /** Hosts that this server may ask wherever they are, by plain HTTP too: `host` or `host:port`, as a URL writes them. */
  readonly trustedHosts: readonly string[];
  readonly rateLimits: boolean;
  /** Failed client authentications a minute that one client at one address may have; see `limits/client-failures.ts`. */
  readonly tokenFailureLimit: number;
  /** Days that audit events are kept; null: for ever. */
  readonly auditRetention: number | null;
  readonly logLevel: LogLevel;
  readonly metricsToken: string | null;
}

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** A setting that cannot be; the message is one line that names it. */
export class ConfigError extends Error {
  override name = 'ConfigError';

  constructor(message: string) {
    // A value may hold line ends, and a .env file may give one several lines.
    super(message.replaceAll(/\p{Cc}+/gu, ' '));
  }
}

const known = [
  'POSTERN_URL',
  'POSTERN_HOST',
  'POSTERN_PORT',
  'POSTERN_DATABASE_URL',
  'POSTERN_SECRET',
  'POSTERN_ADMIN_EMAIL',
  'POSTERN_ADMIN_PASSWORD',
  'POSTERN_TRUST_PROXY',
  'POSTERN_TRUSTED_HOSTS',
  'POSTERN_RATE_LIMITS',
  'POSTERN_TOKEN_FAILURE_LIMIT',
  'POSTERN_AUDIT_RETENTION_DAYS',
  'POSTERN_LOG_LEVEL',
  'POSTERN_METRICS_TOKEN',
] as const;
type Name = (typeof known)[number];

/**
 * Reads the environment and, below it, a `.env` file of the working directory.
 * @param database whether a SQLite file that is missing, and a secret beside it, may be made
 * @throws ConfigError naming the first setting that is unknown or bad
 */
export function readConfig(database: 'new' | 'existing' = 'new'): Config {
  try {
    // Of the environment first, or a service's POSTERN_PORT would count more than that of the file.
    return parseConfig({ ...readEnvFile(resolve('.env')), ...withoutServices(process.env) }, database);
  } catch (error) {
    throw error instanceof EnvFileError ? new ConfigError(error.message) : error;
  }
}

/**
 * What Kubernetes and Docker (`--link`) put into the environment of every container for a service whose name is `postern` or
 * begins with it, such as `postern-postgresql`: POSTERN_SERVICE_HOST, POSTERN_PORT_3000_TCP_ADDR, POSTERN_PORT=tcp://10.0.0.1:3000 …
 */
function isOfService(name: string, value = ''): boolean {
  if (placeOfService.test(name)) return true;
  const [, what] = /^POSTERN_(?:[A-Z0-9_]+_)?(PORT|NAME)$/.exec(name) ?? [];
  return what === 'PORT' ? /^(?:tcp|udp|sctp):\/\//.test(value) : what === 'NAME' && value.startsWith('/');
}

const placeOfService =
  /^POSTERN_(?:[A-Z0-9_]+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:ADDR|PORT|PROTO))?|ENV_\w+)$/;

function withoutServices(env: Record<string, string | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name, value]) => !isOfService(name, value)));
}

/**
 * Checks every `POSTERN_*` setting.
 * @param kind whether a SQLite file that is missing, and a secret beside it, may be made
 * @throws ConfigError naming the first one that is unknown or bad
 */
export function parseConfig(
  env: Record<string, string | undefined>,
  kind: 'new' | 'existing' = 'new',
): Config {
  const given = withoutServices(env);
  for (const name of Object.keys(given))
    if (name.startsWith('POSTERN_') && !(known as readonly string[]).includes(name))
      throw new ConfigError(`${name} is not a setting of Postern; the settings are ${known.join(', ')}`);
  const read = (name: Name) => given[name] || undefined;

  const url = readUrl(read('POSTERN_URL') ?? 'http://localhost:3000');
  const database = readDatabase(read('POSTERN_DATABASE_URL') ?? 'sqlite:./data/postern.db');
  if (kind === 'existing' && database.engine === 'sqlite' && !existsSync(database.file))
    throw new ConfigError(
      `there is no database ${database.file}: run this in the server's working directory, or set POSTERN_DATABASE_URL`,
    );
  return Object.freeze({
    url,
    host: read('POSTERN_HOST') ?? '127.0.0.1',
    port: readPort(read('POSTERN_PORT'), url),
    database,
    secrets: readSecrets(read('POSTERN_SECRET'), database),
    administrator: readAdministrator(read('POSTERN_ADMIN_EMAIL'), read('POSTERN_ADMIN_PASSWORD')),
    trustProxy: readProxies(read('POSTERN_TRUST_PROXY') ?? 'false'),
    trustedHosts: readTrustedHosts(read('POSTERN_TRUSTED_HOSTS')),
    rateLimits:
      readChoice('POSTERN_RATE_LIMITS', read('POSTERN_RATE_LIMITS') ?? 'on', ['on', 'off']) === 'on',
    tokenFailureLimit: readTokenFailureLimit(read('POSTERN_TOKEN_FAILURE_LIMIT') ?? '600'),
    auditRetention: readAuditRetention(read('POSTERN_AUDIT_RETENTION_DAYS')),
    logLevel: readChoice('POSTERN_LOG_LEVEL', read('POSTERN_LOG_LEVEL') ?? 'info', logLevels),
    metricsToken: readMetricsToken(read('POSTERN_METRICS_TOKEN')),
  });
}

/**
 * Checks the base URL of an instance: https, or http on a loopback host; an origin and nothing else.
 * @throws ConfigError
 */
export function readUrl(text: string, name = 'POSTERN_URL'): string {
  if (!URL.canParse(text)) throw new ConfigError(`${name} is not a URL: ${text}`);
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new ConfigError(`${name} must begin with https:// (or http:// on a loopback host)`);
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname))
    throw new ConfigError(
      `${name} must be https: plain http is accepted on loopback hosts only (localhost, 127.0.0.1, [::1])`,
    );
  if (url.username || url.password || text.includes('?') || text.includes('#') || url.pathname !== '/')
    throw new ConfigError(
      `${name} must be an origin such as https://login.example.com: no path, query, fragment or user`,
    );
  if (!isHostname(url.hostname))
    throw new ConfigError(
      `${name} must have a host of letters, digits, hyphens and dots: no request could name ${url.hostname}`,
    );
  const canonical = text.endsWith('/') ? `${url.origin}/` : url.origin;
  if (text !== canonical)
    throw new ConfigError(
      `${name} must be written as ${canonical}, since clients compare the issuer byte for byte`,
    );
  return text;
}

function readPort(text: string | undefined, url: string): number {
  if (text === undefined) {
    const { port, protocol } = new URL(url);
    return port ? Number(port) : protocol === 'https:' ? 443 : 80;
  }
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535)
    throw new ConfigError(`POSTERN_PORT must be a port number from 0 to 65535, not ${text}`);
  return port;
}

function readDatabase(text: string): Config['database'] {
  if (text.startsWith('sqlite:')) {
    const path = text.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '');
    if (path === '' || path.startsWith(':'))
      throw new ConfigError('POSTERN_DATABASE_URL needs a file, such as sqlite:./data/postern.db');
    if (/^\/\/[^/]/.test(path))
      throw new ConfigError(
        'POSTERN_DATABASE_URL must be sqlite:./FILE or sqlite:/FILE; after sqlite:// a relative path would be an absolute one',
      );
    if (path.includes('?'))
      throw new ConfigError('POSTERN_DATABASE_URL takes no parameters after sqlite:FILE (?)');
    const file = resolve(path);
    if (path.endsWith('/') || isFolder(file))
      throw new ConfigError(`POSTERN_DATABASE_URL needs a file, and ${file} is a folder`);
    return { engine: 'sqlite', file };
  }
  // The value may hold a password, so no message repeats it.
  if (!/^postgres(ql)?:/.test(text))
    throw new ConfigError(
      'POSTERN_DATABASE_URL must be sqlite:FILE or postgres://USER:PASSWORD@HOST:PORT/DATABASE',
    );
  try {
    readPostgresUrl(text);
  } catch (error) {
    throw error instanceof BadDatabaseUrl ? new ConfigError(`POSTERN_DATABASE_URL ${error.message}`) : error;
  }
  return { engine: 'postgres', url: text };
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // not there, or not for us to see: opening it will tell
  }
}

function readSecrets(text: string | undefined, database: Config['database']): readonly string[] {
  if (text === undefined) {
    if (database.engine === 'postgres')
      throw new ConfigError(
        'POSTERN_SECRET is required with PostgreSQL: 32 bytes or more, such as the output of "openssl rand -hex 32"',
      );
    return [secretBeside(database.file)];
  }
  const secrets = text.split(',').map((secret) => secret.trim());
  if (secrets.some((secret) => Buffer.byteLength(secret) < 32))
    throw new ConfigError('POSTERN_SECRET must have 32 bytes or more in each of its comma-separated secrets');
  refuseGuessableSecret(secrets[0] ?? '', 'POSTERN_SECRET');
  return secrets;
}

/** Only of what seals from now on: a weak one that still reads is on its way out. */
function refuseGuessableSecret(secret: string, name: string): void {
  const why = whyGuessable(secret, leastOfSecret);
  if (why !== null) throw new ConfigError(`${name} ${why}; "openssl rand -hex 32" makes a good one`);
}

/** The secret kept beside the SQLite file; made, and on disk before anything is sealed with it, on the first start. */
function secretBeside(databaseFile: string): string {
  const file = join(dirname(databaseFile), 'secret');
  if (!existsSync(file)) {
    if (existsSync(databaseFile))
      throw new ConfigError(
        `POSTERN_SECRET is not set and ${file} is missing, but the database exists: restore the secret it was made with`,
      );
    makeFolderOf(databaseFile);
    try {
      makeSecret(file);
    } catch (error) {
      throw new ConfigError(
        `POSTERN_DATABASE_URL: cannot write ${file} beside the database: ${(error as Error).message}`,
      );
    }
  }
  const secret = readSecret(file);
  if (Buffer.byteLength(secret) < 32)
    throw new ConfigError(`POSTERN_SECRET: the file ${file} must hold 32 bytes or more`);
  refuseGuessableSecret(secret, `POSTERN_SECRET: the secret in the file ${file}`);
  return secret;
}

function readSecret(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new ConfigError(`POSTERN_SECRET: cannot read ${file}: ${(error as Error).message}`);
  }
}

/** Writes a new secret. It appears whole or not at all, and never in the place of another: the first process wins. */
function makeSecret(file: string): void {
  // Not the process ID, which in a container is that of the start before, whose draft may still be there.
  const draft = `${file}.${randomId()}`;
  try {
    writeFileSync(draft, `${randomToken()}\n`, { mode: 0o600, flag: 'wx', flush: true });
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** @throws ConfigError when it cannot be made */
function makeFolderOf(databaseFile: string): void {
  const folder = dirname(databaseFile);
  try {
    makePrivateDirectory(folder);
  } catch (error) {
    throw new ConfigError(`POSTERN_DATABASE_URL: cannot make ${folder}: ${(error as Error).message}`);
  }
}

function readAdministrator(email: string | undefined, password: string | undefined): Config['administrator'] {
  if (email === undefined && password === undefined) return null;
  if (email === undefined)
    throw new ConfigError('POSTERN_ADMIN_EMAIL is missing: POSTERN_ADMIN_PASSWORD needs it');
  if (password === undefined)
    throw new ConfigError('POSTERN_ADMIN_PASSWORD is missing: POSTERN_ADMIN_EMAIL needs it');
  if (!isEmail(email)) throw new ConfigError('POSTERN_ADMIN_EMAIL is not an email address');
  if ([...password].length < 12 || [...password].length > 256)
    throw new ConfigError('POSTERN_ADMIN_PASSWORD must have 12 to 256 characters');
  const why = whyGuessable(password, leastOfPassword);
  if (why !== null)
    throw new ConfigError(`POSTERN_ADMIN_PASSWORD ${why}; "openssl rand -base64 18" makes a good one`);
  return { email, password };
}

function readProxies(text: string): readonly string[] {
  if (text === 'false') return [];
  const proxies = text.split(',').map((proxy) => proxy.trim());
  try {
    if (!proxies.every(isProxy)) throw new TypeError();
    proxyAddr.compile(proxies);
  } catch {
    throw new ConfigError(
      `POSTERN_TRUST_PROXY must be false or addresses and CIDR blocks (/8 at most for IPv4, /7 for IPv6), comma-separated, not ${text}`,
    );
  }
  return proxies;
}

/**
 * An address or a block as people write them. The library that compares would also read `1`, which elsewhere means one
 * proxy, as 0.0.0.1. Blocks larger than the largest private ones hold everybody, or nearly.
 */
function isProxy(text: string): boolean {
  const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = isIP(address);
  if (family === 0 || prefix === undefined) return family !== 0;
  if (family === 4) return Number(prefix) >= 8;
  return Number(prefix) >= (isMappedIPv4(address) ? 96 + 8 : 7);
}

/** Whether an IPv6 address, however it is written, is an IPv4 address in disguise (RFC 4291 2.5.5.2). */
function isMappedIPv4(address: string): boolean {
  const url = `http://[${address}]`;
  return URL.canParse(url) && /^\[::ffff:[0-9a-f]+:[0-9a-f]+\]$/.test(new URL(url).hostname);
}

function readTrustedHosts(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split(',').map((entry) => readTrustedHost(entry.trim()));
}

/** @returns as a URL writes it, which is what requests are compared with */
function readTrustedHost(text: string): string {
  const [, written = '', port] = /^([^[\]:/?#@\\\s]+|\[[\da-f:.]+\])(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const host = URL.canParse(`http://${written}`) ? new URL(`http://${written}`).hostname : '';
  if (!isHostname(host) || Number(port ?? 1) < 1 || Number(port ?? 1) > 65535)
    throw new ConfigError(
      `POSTERN_TRUSTED_HOSTS must be host names or addresses, each with a port or without, comma-separated (keys.internal,10.0.0.5:8443), and no URLs or patterns, not ${text}`,
    );
  return port === undefined ? host : `${host}:${Number(port)}`;
}

function readTokenFailureLimit(text: string): number {
  const limit = Number(text);
  if (!/^\d{1,7}$/.test(text) || limit < 10)
    throw new ConfigError(
      `POSTERN_TOKEN_FAILURE_LIMIT must be a whole number from 10 to 9999999, not ${text}`,
    );
  return limit;
}

function readAuditRetention(text: string | undefined): number | null {
  if (text === undefined) return null;
  const days = Number(text);
  if (!/^\d{1,5}$/.test(text) || days < 7)
    throw new ConfigError(`POSTERN_AUDIT_RETENTION_DAYS must be a whole number from 7 to 99999, not ${text}`);
  return days;
}

function readMetricsToken(text: string | undefined): string | null {
  if (text !== undefined && !/^[\x21-\x7e]{8,}$/.test(text))
    throw new ConfigError('POSTERN_METRICS_TOKEN must have 8 characters or more, ASCII without spaces');
  const why = text === undefined ? null : whyGuessable(text, leastOfToken);
  if (why !== null)
    throw new ConfigError(`POSTERN_METRICS_TOKEN ${why}; "openssl rand -hex 32" makes a good one`);
  return text ?? null;
}

function readChoice<T extends string>(name: Name, value: string, choices: readonly T[]): T {
  if (!(choices as readonly string[]).includes(value))
    throw new ConfigError(`${name} must be one of ${choices.join(', ')}, not ${value}`);
  return value as T;
}
