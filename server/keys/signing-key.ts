import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';
import type { JWK } from 'jose';
import { type Id, newId } from '../base/ids.ts';
import { type MasterSecret, WrongSecret } from '../base/master-secret.ts';
import type { Instant } from '../base/units.ts';
import type { SigningAlgorithm } from '../model/signing-algorithm.ts';
import type { Chain, StoredSigningKey } from '../store/signing-keys.ts';
import { headersOf, type JwtHeaders } from './jwt.ts';

/** A key that signs JWTs of ours, or did, or will. */
export interface SigningKey {
  readonly kid: Id;
  /** The only one by which it signs and verifies. */
  readonly algorithm: SigningAlgorithm;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  readonly headers: JwtHeaders;
  /** As `/oauth2/jwks` shows it (RFC 7517). */
  readonly jwk: JWK;
  /** Null: it will sign after a rotation. */
  readonly activeFrom: Instant | null;
}

/** The two halves of a signing key. */
export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const p256 = { namedCurve: 'P-256' };
/**
 * The shortest that RFC 7518 3.3 allows, and as strong as a key must be that signs for 90 days (112 bits; NIST SP 800-57 until 2030). A
 * signature is made where requests are answered, and costs twice as much with 4096 bits; a pair of keys ten times as much.
 */
const rsa = { modulusLength: 2048 };

/** Makes the key pair of a signing key. RSA takes a tenth of a second of another thread, so never make one in a transaction. */
export function makeKeyPair(algorithm: SigningAlgorithm): Promise<KeyPair> {
  return algorithm === 'RS256' ? makeRsaKeyPair() : promisify(generateKeyPair)('ec', p256);
}

let lastRsaKeyPair: Promise<unknown> = Promise.resolve();

/**
 * One after the other, whoever asks: the threads that make them are few, and files and names of hosts wait for the same. Anybody may be the
 * first to ask for the JWKS of each of many instances.
 */
function makeRsaKeyPair(): Promise<KeyPair> {
  const pair = lastRsaKeyPair.then(() => promisify(generateKeyPair)('rsa', rsa));
  lastRsaKeyPair = pair.catch(() => {});
  return pair;
}

/** The key pair of an ES256 key at once, for a transaction that cannot wait. */
export function makeEs256KeyPair(): KeyPair {
  return generateKeyPairSync('ec', p256);
}

/** A new signing key as it is stored, to sign after a rotation. */
export function sealNewKey(
  secret: MasterSecret,
  { instanceId, algorithm }: Chain,
  { publicKey, privateKey }: KeyPair,
  now: Instant,
): StoredSigningKey {
  const id = newId(now);
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: id, alg: algorithm, use: 'sig' };
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  return {
    id,
    algorithm,
    publicJwk: JSON.stringify(jwk),
    sealedPrivateKey: secret.seal('signing-key', der, sealingContext(instanceId, id)),
    createdAt: now,
    activeFrom: null,
    publishedUntil: null,
  };
}

/** The key as it signs and verifies. @throws WrongSecret */
export function openKey(
  secret: MasterSecret,
  instanceId: Id,
  stored: StoredSigningKey,
): Omit<SigningKey, 'activeFrom'> {
  const jwk = JSON.parse(stored.publicJwk) as JWK;
  return {
    kid: stored.id,
    algorithm: stored.algorithm,
    publicKey: createPublicKey({ key: jwk, format: 'jwk' }),
    privateKey: createPrivateKey({
      key: unseal(secret, instanceId, stored).plain,
      format: 'der',
      type: 'pkcs8',
    }),
    headers: headersOf(stored.algorithm, stored.id),
    jwk,
  };
}

/**
 * The private key sealed anew, by the secret that writes.
 * @returns null when it is sealed by that one already
 * @throws WrongSecret
 */
export function sealAnew(secret: MasterSecret, instanceId: Id, stored: StoredSigningKey): Uint8Array | null {
  const { plain, current } = unseal(secret, instanceId, stored);
  return current ? null : secret.seal('signing-key', plain, sealingContext(instanceId, stored.id));
}

function unseal(
  secret: MasterSecret,
  instanceId: Id,
  { id, sealedPrivateKey }: StoredSigningKey,
): { plain: Buffer; current: boolean } {
  const opened = secret.open('signing-key', sealedPrivateKey, sealingContext(instanceId, id));
  if (!opened)
    throw new WrongSecret(
      'POSTERN_SECRET does not open the signing keys of this database: start with the secret that it was made with',
    );
  return opened;
}

function sealingContext(instanceId: Id, keyId: Id): string {
  return `${instanceId} ${keyId}`;
}
