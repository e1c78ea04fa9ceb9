import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { listen } from './listener.ts';

/** A key pair of a client that publishes the public half. */
export interface PublishedPair {
  readonly kid: string;
  readonly alg: string;
  /** The public half as a set holds it, with `kid`. */
  readonly jwk: JWK;
  readonly privateKey: CryptoKey;
}

let made = 0;

export async function publishedPair(alg = 'ES256'): Promise<PublishedPair> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const kid = `key ${++made}`;
  return { kid, alg, jwk: { ...(await exportJWK(publicKey)), kid }, privateKey };
}

/** A JWT by that pair. @param header instead of, or beside, `alg` and `kid`; undefined leaves one out */
export function signedBy(
  { alg, kid, privateKey }: PublishedPair,
  claims: JWTPayload,
  header: Record<string, string | undefined> = {},
): Promise<string> {
  const all = Object.entries({ alg, kid, ...header }).filter(([, value]) => value !== undefined);
  return new SignJWT(claims).setProtectedHeader(Object.fromEntries(all) as { alg: string }).sign(privateKey);
}

/** What a client's server answers, which a test changes as it goes. */
interface Published {
  status: number;
  headers: Record<string, string>;
  /** The set, or text as it is. */
  body: { keys: object[] } | string;
  /** What each answer waits for. */
  until: Promise<unknown>;
}

/** A client's own server, where it publishes its keys: on loopback, as an instance on loopback may ask it. */
export async function keyHost(...keys: object[]) {
  const published: Published = { status: 200, headers: {}, body: { keys }, until: Promise.resolve() };
  const host = await listen(async (_, response) => {
    const { status, headers, body } = published;
    await published.until;
    response.writeHead(status, headers);
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  return {
    published,
    url: `http://localhost:${host.port}/keys`,
    /** How often it was asked. */
    asked: () => host.requests.length,
    close: host.close,
  };
}
