import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  type webcrypto,
  X509Certificate,
} from 'node:crypto';
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint';
import { Refusal } from '../../base/refusal.ts';
import { checkLine } from '../../base/text.ts';
import { type Instant, MINUTE } from '../../base/units.ts';
import { type KeyAlgorithm, signedWith } from '../../model/application.ts';

/** What a public key says of itself. */
export interface ParsedPublicKey {
  readonly key: KeyObject;
  readonly algorithm: KeyAlgorithm;
  /** The kind in words: `RSA 2048`, `P-256`. */
  readonly kind: string;
  /** RFC 7638, SHA-256, base64url. */
  readonly thumbprint: string;
  /** From a JWK that has one. */
  readonly kid: string | null;
  /** End of validity of the certificate that it came in. */
  readonly notAfter: Instant | null;
}

const minModulus = 2048;
const maxModulus = 16_384;

/**
 * Reads a public key: PEM (SPKI or PKCS#1), PEM X.509 certificate, or JWK as an object or as JSON text.
 * @throws Refusal `private_key_refused`, `certificate_expired`, `invalid_public_key`; none repeats the input
 */
export async function parsePublicKey(input: unknown, now: Instant): Promise<ParsedPublicKey> {
  refusePrivateKey(input);
  if (typeof input === 'string') {
    const text = input.trim();
    return text.startsWith('{') ? fromJwk(parseJson(text)) : fromPem(text, now);
  }
  return fromJwk(input);
}

/**
 * The same for one JWK of which nothing but its own members is looked at, such as one of a set.
 * @throws Refusal `private_key_refused`, `invalid_public_key`
 */
export async function parsePublicJwk(jwk: object): Promise<ParsedPublicKey> {
  if (isPrivateJwk(jwk)) throw privateKeyRefused();
  return fromJwk(jwk);
}

/** Anything that holds a private key, whatever else it holds, is sent back: it should never have left its owner. */
function refusePrivateKey(input: unknown): void {
  // A list of what is still to be looked at: recursion would end where a stranger nests deeply enough.
  const waiting = [input];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value === 'string') {
      if (isPrivateText(value)) throw privateKeyRefused();
      waiting.push(valueOfJson(value));
    } else if (typeof value === 'object' && value !== null) {
      if (isPrivateJwk(value)) throw privateKeyRefused();
      for (const member of Object.values(value)) waiting.push(member);
    }
  }
}

/** What JSON text stands for, where more than plain text may be in it. */
function valueOfJson(text: string): unknown {
  const trimmed = text.trim();
  if (!/^[[{"]/.test(trimmed)) return undefined;
  try {
    return JSON.parse(trimmed);
  } catch {
    return undefined;
  }
}

const privateMark = /BEGIN[ \w-]{0,40}PRIVATE[ _-]?KEY|PuTTY-User-Key-File/i;

/** A private key by its PEM lines or, whatever its lines say or without any, by its bytes in base64 or hexadecimal. */
function isPrivateText(text: string): boolean {
  if (privateMark.test(text)) return true;
  const bodies = [...text.matchAll(pemBlock)].map(([, , body = '']) => body);
  return [text, ...bodies].some((body) => {
    const bytes = decode(body);
    return bytes !== null && (privateMark.test(bytes.toString('latin1')) || isPrivateDer(bytes));
  });
}

function decode(text: string): Buffer | null {
  if (/^[0-9a-f\s:]{80,}$/i.test(text)) return Buffer.from(text.replaceAll(/[\s:]/g, ''), 'hex');
  return /^[\w+/=\s-]{40,}$/.test(text) ? Buffer.from(text, 'base64') : null;
}

function isPrivateDer(der: Buffer): boolean {
  return (['pkcs8', 'pkcs1', 'sec1'] as const).some((type) => {
    try {
      createPrivateKey({ key: der, format: 'der', type });
      return true;
    } catch (error) {
      // An encrypted one asks for its passphrase.
      return (error as NodeJS.ErrnoException).code === 'ERR_MISSING_PASSPHRASE';
    }
  });
}

function privateKeyRefused(): Refusal {
  return new Refusal(
    'private_key_refused',
    'This is a private or shared key. Send the public key only, and treat the private key as exposed: make a new pair.',
    { errors: [{ path: 'public_key', message: 'must be a public key, not a private one' }] },
  );
}

function invalid(message: string): Refusal {
  return new Refusal('invalid_public_key', `The public key cannot be used: it ${message}.`, {
    errors: [{ path: 'public_key', message }],
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not well-formed, so what it holds can only be guessed: the guess errs towards "private".
    if (/"(d|k|p|q|dp|dq|qi)"\s*:/.test(text)) throw privateKeyRefused();
    throw invalid('is not a JSON Web Key: the JSON is malformed');
  }
}

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

async function fromJwk(input: unknown): Promise<ParsedPublicKey> {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw invalid('must be a PEM public key, a PEM X.509 certificate or a JSON Web Key');
  const jwk = input as Record<string, unknown>;
  if ('keys' in jwk) throw invalid('is a set of keys: send one of them at a time');

  const { use, key_ops: operations, kid } = jwk;
  if (use !== undefined && use !== 'sig')
    throw invalid('must be for signatures: its "use" must be "sig" or absent');
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify')))
    throw invalid('must be for signatures: its "key_ops" must have "verify" or be absent');
  if (kid !== undefined && (typeof kid !== 'string' || kid === '' || checkLine(kid) !== null))
    throw invalid('must have a "kid" of 1 to 200 printable characters, or none');

  const members = publicMembers[String(jwk['kty'])];
  if (!members) throw invalid('must be an RSA, EC or OKP key');
  const publicPart: Record<string, string> = {};
  for (const member of members) {
    const value = jwk[member];
    if (typeof value !== 'string' || !/^[A-Za-z0-9_-]+$/.test(value))
      throw invalid(`must have "${member}" in base64url or as its name`);
    publicPart[member] = value;
  }
  const key = tryToRead(
    () => createPublicKey({ key: publicPart as webcrypto.JsonWebKey, format: 'jwk' }),
    'is not a valid JSON Web Key',
  );
  const parsed = await describe(key, kid ?? null, null);
  if (jwk['alg'] !== undefined && !signedWith[parsed.algorithm].includes(String(jwk['alg'])))
    throw invalid(`must have the "alg" ${signedWith[parsed.algorithm].join(' or ')}, or none`);
  return parsed;
}

const publicMembers: Record<string, readonly string[] | undefined> = Object.assign(Object.create(null), {
  RSA: ['kty', 'n', 'e'],
  EC: ['kty', 'crv', 'x', 'y'],
  OKP: ['kty', 'crv', 'x'],
});

function isPrivateJwk(jwk: object): boolean {
  return (jwk as { kty?: unknown }).kty === 'oct' || privateMembers.some((member) => member in jwk);
}

const pemBlock = /-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----/g;

async function fromPem(text: string, now: Instant): Promise<ParsedPublicKey> {
  const blocks = [...text.matchAll(pemBlock)];
  const [block] = blocks;
  if (!block) throw invalid('must be a PEM public key, a PEM X.509 certificate or a JSON Web Key');
  if (blocks.length > 1) throw invalid('has several PEM blocks: send one key or one certificate at a time');
  const [, label, body] = block as unknown as [string, string, string];
  const der = Buffer.from(body, 'base64');
  switch (label) {
    case 'PUBLIC KEY':
      return describe(
        tryToRead(
          () => createPublicKey({ key: der, format: 'der', type: 'spki' }),
          'is not a valid PEM public key',
        ),
        null,
        null,
      );
    case 'RSA PUBLIC KEY':
      return describe(
        tryToRead(
          () => createPublicKey({ key: der, format: 'der', type: 'pkcs1' }),
          'is not a valid RSA public key',
        ),
        null,
        null,
      );
    case 'CERTIFICATE':
      return fromCertificate(der, now);
    default:
      throw invalid('must be a PEM block named PUBLIC KEY, RSA PUBLIC KEY or CERTIFICATE');
  }
}

function fromCertificate(der: Buffer, now: Instant): Promise<ParsedPublicKey> {
  const { key, from, until } = tryToRead(() => {
    const certificate = new X509Certificate(der);
    return {
      key: certificate.publicKey,
      from: instantOf(certificate.validFromDate),
      until: instantOf(certificate.validToDate),
    };
  }, 'is not a valid X.509 certificate');
  if (until <= now)
    throw new Refusal('certificate_expired', 'This certificate has expired. Make a new one and send that.', {
      errors: [{ path: 'public_key', message: 'is a certificate that has expired' }],
    });
  // Two clocks seldom agree, and certificates are sent right after they are made.
  if (from > now + 5 * MINUTE) throw invalid('is a certificate that is not valid yet');
  return describe(key, null, until);
}

/** @throws RangeError for a date that could not be read: it is neither past nor to come, so such a certificate would never end */
function instantOf(date: Date): Instant {
  const instant = date.getTime();
  if (Number.isNaN(instant)) throw new RangeError('not a date');
  return instant;
}

/** node:crypto throws errors of many kinds, some of which repeat what they read. */
function tryToRead<T>(read: () => T, otherwise: string): T {
  try {
    return read();
  } catch {
    throw invalid(otherwise);
  }
}

async function describe(
  key: KeyObject,
  kid: string | null,
  notAfter: Instant | null,
): Promise<ParsedPublicKey> {
  const { algorithm, kind } = kindOf(key);
  const thumbprint = await calculateJwkThumbprint(
    key.export({ format: 'jwk' }) as Parameters<typeof calculateJwkThumbprint>[0],
    'sha256',
  );
  return { key, algorithm, kind, thumbprint, kid, notAfter };
}

function kindOf(key: KeyObject): { algorithm: KeyAlgorithm; kind: string } {
  const details = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'rsa': {
      const bits = details.modulusLength ?? 0;
      const exponent = details.publicExponent ?? 0n;
      if (bits < minModulus || bits > maxModulus)
        throw invalid(`must have ${minModulus} to ${maxModulus} bits (RSA), not ${bits}`);
      // With the exponent 1 everybody can sign; a huge one makes verifying slow.
      if (exponent < 3n || exponent % 2n === 0n || exponent > 0xffff_ffffn)
        throw invalid('must have an odd public exponent from 3 to 2^32, usually 65537');
      return { algorithm: 'RS256', kind: `RSA ${bits}` };
    }
    case 'ec':
      if (details.namedCurve === 'prime256v1') return { algorithm: 'ES256', kind: 'P-256' };
      if (details.namedCurve === 'secp384r1') return { algorithm: 'ES384', kind: 'P-384' };
      throw invalid('must be on the curve P-256 or P-384 (EC)');
    case 'ed25519':
      return { algorithm: 'EdDSA', kind: 'Ed25519' };
    default:
      throw invalid('must be RSA of 2048 bits or more, P-256, P-384 or Ed25519');
  }
}
