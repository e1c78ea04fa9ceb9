import { lookup as systemLookup } from 'node:dns/promises';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isHostname, isLoopbackHost } from './origin.ts';
import { isLoopbackAddress, isPublicAddress } from './public-address.ts';
import { SECOND } from './units.ts';

/** What anybody else's server may take of our time: for its name, the connection, TLS, headers and body together. */
const longest = 5 * SECOND;
/** And of our memory: bytes of the body, unless a request says otherwise. */
const usualLargest = 64 * 1024;
/** And of our attention: answers that say that another one follows (1xx). A host that sends nothing else keeps the whole process busy. */
const mostInterim = 100;

export type FetchRefusal =
  | 'invalid_url' // no URL, or one with a user in it
  | 'not_https'
  | 'not_found_name'
  | 'forbidden_address'
  | 'unreachable' // no connection, no trusted certificate, or no HTTP
  | 'redirect'
  | 'compressed'
  | 'too_large'
  | 'timeout';

/**
 * Why nothing was fetched. The message is half a sentence for an administrator, in ASCII, and holds neither an address that a name led to nor
 * anything that was answered.
 */
export class FetchRefused extends Error {
  override name = 'FetchRefused';
  readonly reason: FetchRefusal;

  constructor(reason: FetchRefusal, message: string) {
    super(message);
    this.reason = reason;
  }
}

export interface FetchRequest {
  /** GET unless told. */
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The media type that is wanted; any unless told. */
  readonly accept?: string;
  /** Bytes that the body of the answer may have; 64 KiB unless told. */
  readonly largest?: number;
}

export interface FetchedAnswer {
  /** Of every kind but a redirect. */
  readonly status: number;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Read as UTF-8. */
  readonly body: string;
}

/**
 * Asks a URL that somebody wrote into a field.
 * @param from the instance for which it is asked
 * @throws FetchRefused
 */
export type FetchSafely = (
  from: { readonly url: string },
  target: string,
  request?: FetchRequest,
) => Promise<FetchedAnswer>;

/** The addresses of a host name; rejects with the errors of `dns.lookup`. */
export type Resolve = (hostname: string) => Promise<readonly { address: string; family: number }[]>;

export interface FetchSafelyOptions {
  /** Hosts of the operator's own that may be anywhere and speak plain HTTP: `host` or `host:port`, as a URL writes them. */
  readonly trustedHosts: readonly string[];
  /** Where names are looked up; the system's resolver unless told. */
  readonly resolve?: Resolve;
  /** Certificates (PEM) that are trusted beside none of the usual ones; the usual ones unless told. */
  readonly ca?: string;
  /** Milliseconds that a fetch may take; 5 seconds unless told. */
  readonly timeLimit?: number;
  /** The address of this machine that connections come from; the system chooses unless told. */
  readonly localAddress?: string;
}

/**
 * The one door for what this server asks of others (keys of clients, notices of logout, identity providers), which must not become a way into the
 * network that it stands in: who may write a URL into a field could otherwise send it to whatever trusts that network.
 *
 * Only `https`, and only addresses of the Internet, judged where the connection is made: a name is looked up once, and what it leads
 * to is both what is judged and what is connected to. No redirect is followed and no proxy asked, 5 seconds and 64 KiB (more only where a request
 * says so) are all that an answer may take.
 *
 * Plain `http` and other addresses are for the trusted hosts, and, where the instance's own URL is a loopback one, for loopback hosts, which then lead
 * to loopback addresses and nowhere else.
 */
export function createFetchSafely(options: FetchSafelyOptions): FetchSafely {
  const { trustedHosts, resolve = systemResolve, ca, timeLimit = longest, localAddress } = options;
  const trusted: ReadonlySet<string> = new Set(trustedHosts);
  // Agents of our own, each connection for one request: the global ones may have a proxy from the environment, and a connection
  // that is kept would be used without its address being judged again.
  const http = new HttpAgent({ keepAlive: false });
  const https = new HttpsAgent({
    keepAlive: false,
    rejectUnauthorized: true,
    ...(ca !== undefined && { ca }),
  });

  return async (from, target, request = {}) => {
    const url = readTarget(target);
    const place = placeOf(url, from, trusted);
    if (url.protocol === 'http:' && place === 'internet') throw notHttps();
    const literal = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal) !== 0 && !mayReach(place, literal)) throw forbidden();

    const signal = AbortSignal.timeout(timeLimit);
    const secure = url.protocol === 'https:';
    try {
      const answer = await send(url, request, {
        signal,
        request: secure ? httpsRequest : httpRequest,
        agent: secure ? https : http,
        lookup: lookupFor(place, resolve),
        ...(localAddress !== undefined && { localAddress }),
      });
      return await read(answer, request.largest ?? usualLargest);
    } catch (error) {
      if (signal.aborted)
        throw new FetchRefused('timeout', `the host took more than ${timeLimit / SECOND} s`);
      throw error instanceof FetchRefused ? error : refusalOf(error);
    }
  };
}

function readTarget(target: string): URL {
  if (!URL.canParse(target)) throw new FetchRefused('invalid_url', 'the URL cannot be read');
  const url = new URL(target);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw notHttps();
  if (!isHostname(url.hostname))
    throw new FetchRefused('invalid_url', 'the URL has no host that there can be');
  if (url.username !== '' || url.password !== '')
    throw new FetchRefused('invalid_url', 'the URL must not have a user name or password in it');
  return url;
}

function notHttps(): FetchRefused {
  return new FetchRefused('not_https', 'the URL must begin with https://');
}

/** Where a request may go: to the Internet alone, to this machine alone, or anywhere. */
type Place = 'internet' | 'this_machine' | 'anywhere';

function placeOf(url: URL, from: { readonly url: string }, trusted: ReadonlySet<string>): Place {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (trusted.has(url.hostname) || trusted.has(`${url.hostname}:${port}`)) return 'anywhere';
  return isLoopbackHost(url.hostname) && isLoopbackHost(new URL(from.url).hostname)
    ? 'this_machine'
    : 'internet';
}

function mayReach(place: Place, address: string): boolean {
  switch (place) {
    case 'anywhere':
      return true;
    case 'this_machine':
      return isLoopbackAddress(address);
    case 'internet':
      return isPublicAddress(address);
  }
}

function forbidden(): FetchRefused {
  return new FetchRefused('forbidden_address', 'the host is not at an address of the public Internet');
}

const systemResolve: Resolve = (hostname) => systemLookup(hostname, { all: true });

/**
 * Looks names up for a connection, and hands on those addresses alone that may be reached: between this judgement and the connection
 * nobody is asked again.
 */
function lookupFor(place: Place, resolve: Resolve): LookupFunction {
  return (hostname, { all }, callback) => {
    addressesOf(hostname, resolve).then(
      (found) => {
        const reachable = found.filter(({ address }) => mayReach(place, address));
        const [first] = reachable;
        if (!first) callback(forbidden(), '');
        else if (all) callback(null, [...reachable]);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
}

async function addressesOf(
  hostname: string,
  resolve: Resolve,
): Promise<readonly { address: string; family: number }[]> {
  // RFC 6761 6.3: what is below localhost is this machine, whatever a resolver says.
  if (!isLoopbackHost(hostname)) return resolve(hostname);
  return [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ];
}

interface Connection {
  readonly signal: AbortSignal;
  readonly request: typeof httpRequest;
  readonly agent: HttpAgent;
  readonly lookup: LookupFunction;
  readonly localAddress?: string;
}

/** Sends a request and gives the answer once its headers are there. */
function send(
  url: URL,
  { method = 'GET', headers, body, accept = '*/*' }: FetchRequest,
  { request, ...options }: Connection,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      ...options,
      method,
      headers: {
        'user-agent': 'Postern',
        ...headers,
        accept,
        // What was small on its way could be anything once it is unpacked.
        'accept-encoding': 'identity',
        ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
      },
    });
    let interim = 0;
    sent.on('information', () => {
      if (++interim > mostInterim)
        sent.destroy(new FetchRefused('too_large', 'the host answered with too many interim answers (1xx)'));
    });
    sent.on('response', resolve);
    sent.on('error', reject);
    // An answer that switches protocols (101) is neither of the two.
    sent.on('close', () => reject(new Error('no answer')));
    sent.end(body);
  });
}

/** Reads an answer as far as it may be read, and lets go of the connection. */
async function read(answer: IncomingMessage, largest: number): Promise<FetchedAnswer> {
  try {
    const { statusCode: status = 0, headers } = answer;
    if (status >= 300 && status < 400)
      throw new FetchRefused(
        'redirect',
        `the host answered with a redirect (${status}), which is not followed`,
      );
    const encoding = headers['content-encoding'] ?? 'identity';
    if (encoding.trim().toLowerCase() !== 'identity')
      throw new FetchRefused(
        'compressed',
        'the host answered with a compressed body, which was not asked for',
      );
    if (Number(headers['content-length'] ?? 0) > largest) throw tooLarge(largest);

    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > largest) throw tooLarge(largest);
      chunks.push(chunk);
    }
    return { status, headers: eachAsText(headers), body: Buffer.concat(chunks).toString() };
  } finally {
    answer.destroy();
  }
}

function tooLarge(largest: number): FetchRefused {
  return new FetchRefused('too_large', `the host answered with more than ${largest / 1024} KiB`);
}

function eachAsText(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );
}

/** What Node.js says of a failure, without its words, which name addresses. Its codes are a short list of names. */
function refusalOf(error: unknown): FetchRefused {
  const code = String((error as NodeJS.ErrnoException | null)?.code ?? '').replace(/\W/g, '');
  if (/^(?:ENOTFOUND|ENODATA|EAI_NONAME|EAI_NODATA)$/.test(code))
    return new FetchRefused('not_found_name', 'the name of the host was not found');
  if (code === 'HPE_HEADER_OVERFLOW')
    return new FetchRefused('too_large', 'the host answered with too many headers');
  if (/CERT|SIGNATURE|ERR_TLS/.test(code))
    return new FetchRefused('unreachable', `the certificate of the host is not trusted (${code})`);
  return new FetchRefused('unreachable', `the host cannot be reached (${code || 'no connection'})`);
}
