import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type ConnectionOptions, checkServerIdentity, type PeerCertificate } from 'node:tls';
import type postgres from 'postgres';

/** An address of PostgreSQL that cannot be; the message is the end of a sentence, and repeats no part of the address. */
export class BadDatabaseUrl extends Error {
  override name = 'BadDatabaseUrl';
}

type Tls = 'prefer' | false | ConnectionOptions;
type TargetSession = 'read-write' | 'read-only' | 'primary' | 'standby' | 'prefer-standby';

/** Where the database is, as the driver takes it. What the address does not say is left to the driver's own defaults. */
export interface PostgresAddress {
  readonly host?: string | string[];
  readonly port?: number | number[];
  readonly database?: string;
  readonly username?: string;
  readonly password?: string;
  readonly ssl?: Tls;
  readonly target_session_attrs?: TargetSession;
  /** What each connection says at its beginning. */
  readonly connection: Partial<postgres.ConnectionParameters>;
}

const taken = [
  'sslmode',
  'sslrootcert',
  'search_path',
  'application_name',
  'options',
  'target_session_attrs',
] as const;
const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
const targetSessions = ['read-write', 'read-only', 'primary', 'standby', 'prefer-standby'] as const;

/**
 * Reads `postgres://USER:PASSWORD@HOST:PORT/DATABASE?PARAMETERS`, parts percent-encoded where they have to be. The parameters mean
 * what they mean to libpq; without `sslmode` there is no TLS.
 * @throws BadDatabaseUrl also when the file of `sslrootcert` holds no certificates
 */
export function readPostgresUrl(text: string): PostgresAddress {
  const [, before = '', hosts = '', after = ''] =
    /^(postgres(?:ql)?:\/\/(?:[^/?#@]*@)?)([^/?#@]*)(.*)$/s.exec(text) ?? [];
  // What is around several hosts is read as around the first of them.
  const around = `${before}${hosts.split(',', 1)}${after}`;
  if (!URL.canParse(around))
    throw new BadDatabaseUrl(
      'must be postgres://USER:PASSWORD@HOST:PORT/DATABASE, with / ? # @ : % in a password percent-encoded',
    );
  const url = new URL(around);
  const place = placeOf(hosts);
  if (url.hash !== '') throw new BadDatabaseUrl('has a #, which is written %23 in a password');
  const parameters = readParameters(url.searchParams);
  const database = decoded(url.pathname.slice(1), 'the name of the database');
  const { application_name, options, search_path } = parameters;
  return {
    ...place,
    ...(database !== '' && { database }),
    ...(url.username !== '' && { username: decoded(url.username, 'the user') }),
    ...(url.password !== '' && { password: decoded(url.password, 'the password') }),
    ...readTls([place.host ?? 'localhost'].flat(), parameters.sslmode, parameters.sslrootcert),
    ...(parameters.target_session_attrs !== undefined && {
      target_session_attrs: oneOf('target_session_attrs', targetSessions, parameters.target_session_attrs),
    }),
    connection: {
      ...(application_name !== undefined && { application_name }),
      ...(options !== undefined && { options }),
      ...(search_path !== undefined && { search_path }),
    },
  };
}

function readParameters(given: URLSearchParams): Partial<Record<(typeof taken)[number], string>> {
  const parameters: Partial<Record<(typeof taken)[number], string>> = {};
  for (const [name, value] of given) {
    const known = taken.find((each) => each === name);
    if (known === undefined)
      throw new BadDatabaseUrl(
        `has the parameter ${name.replaceAll(/[^\w.-]/g, '?').slice(0, 40)}, which Postern does not take; it takes ${taken.join(', ')}`,
      );
    if (known in parameters) throw new BadDatabaseUrl(`has the parameter ${known} twice`);
    if (value === '') throw new BadDatabaseUrl(`has the parameter ${known} without a value`);
    parameters[known] = value;
  }
  return parameters;
}

/**
 * Hosts with a port each, as libpq has them. One name is left as it is: it may be the folder of a socket. What is in a list the driver
 * takes as it is: in a text it would look for a port behind the first colon of an IPv6 address.
 */
function placeOf(text: string): Pick<PostgresAddress, 'host' | 'port'> {
  const places = text.split(',').map((each) => {
    const [, address, name = '', port] = /^(?:\[([\da-f:.]+)\]|([^:[\]]*))(?::(\d{0,5}))?$/i.exec(each) ?? [];
    const host = address ?? decoded(name, 'the host');
    if ((host === '' && text !== '') || Number(port ?? 0) > 65535)
      throw new BadDatabaseUrl(
        'must have HOST or HOST:PORT between @ and /, of several hosts separated by commas each',
      );
    return { host, isAddress: address !== undefined, port: port ? Number(port) : undefined };
  });
  const [{ host, isAddress, port } = { host: '', isAddress: false, port: undefined }] = places;
  if (places.length === 1 && !isAddress)
    return { ...(host !== '' && { host }), ...(port !== undefined && { port }) };
  return { host: places.map((each) => each.host), port: places.map((each) => each.port ?? 5432) };
}

/** libpq's modes. As there, `require` with a root certificate is `verify-ca`: whoever gave one wants it to count. */
function readTls(
  hosts: readonly string[],
  mode: string | undefined,
  rootCertificate: string | undefined,
): { ssl?: Tls } {
  if (mode === undefined && rootCertificate === undefined) return {};
  const certificate = rootCertificate === 'system' ? undefined : rootCertificate;
  const wanted = oneOf(
    'sslmode',
    sslModes,
    mode ?? (certificate === undefined ? 'verify-full' : 'verify-ca'),
  );
  if (rootCertificate === 'system' && wanted !== 'verify-full')
    throw new BadDatabaseUrl('takes sslrootcert=system with sslmode=verify-full only');
  if (wanted === 'disable') return { ssl: false };
  if (wanted === 'allow' || wanted === 'prefer') return { ssl: 'prefer' };
  if (wanted === 'require' && certificate === undefined) return { ssl: { rejectUnauthorized: false } };
  return {
    ssl: {
      rejectUnauthorized: true,
      ...(certificate !== undefined && { ca: readCertificates(certificate) }),
      // Of a certificate authority of one's own every server is the right one, whatever it is called.
      checkServerIdentity:
        wanted === 'verify-full' ? (_, certificate) => isOneOf(hosts, certificate) : () => undefined,
    },
  };
}

/** The driver does not pass addresses on (postgres 3.4.9), and Node.js would take a certificate for `localhost` at any of them. */
function isOneOf(hosts: readonly string[], certificate: PeerCertificate): Error | undefined {
  const failures = hosts.map((host) => checkServerIdentity(host, certificate));
  return failures.includes(undefined) ? undefined : failures[0];
}

function readCertificates(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
    new X509Certificate(text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new BadDatabaseUrl(
      code?.startsWith('E') && !code.startsWith('ERR_')
        ? `has an sslrootcert that cannot be read: ${(error as Error).message}`
        : `has an sslrootcert that holds no certificate in PEM: ${file}`,
    );
  }
  return text;
}

function oneOf<T extends string>(name: string, choices: readonly T[], value: string): T {
  const choice = choices.find((each) => each === value);
  if (choice === undefined)
    throw new BadDatabaseUrl(`has a ${name} that is not one of ${choices.join(', ')}`);
  return choice;
}

function decoded(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new BadDatabaseUrl(`has a % in ${what} that encodes nothing; a % itself is written %25`);
  }
}
