import type { KeyObject } from 'node:crypto';
import { Refusal } from '../../base/refusal.ts';
import { signedWith } from '../../model/application.ts';
import { parsePublicJwk } from '../applications/public-key.ts';

/** A key that a client publishes itself. */
export interface KeyOfSet {
  readonly key: KeyObject;
  readonly kid: string | null;
  /** The algorithms that signatures by it may have: its own `alg`, or all that suit it. */
  readonly algorithms: readonly string[];
}

/** What somebody published is no set of public keys. The message is half a sentence that repeats nothing of it. */
export class BadKeySet extends Error {
  override name = 'BadKeySet';
}

/** How many keys of a set are looked at; who rotates has two or three. */
export const mostKeysOfSet = 20;

/**
 * Reads a JSON Web Key Set (RFC 7517 5): those of its first 20 keys that can verify signatures. Keys for other purposes, of other kinds or too
 * small, and shared ones (`oct`), are left out, as the RFC asks.
 * @throws BadKeySet when it is none, or holds a private key: whoever can read the set could sign with that
 */
export async function readKeySet(text: string): Promise<readonly KeyOfSet[]> {
  const keys: KeyOfSet[] = [];
  for (const jwk of membersOf(text).slice(0, mostKeysOfSet)) {
    if (typeof jwk !== 'object' || jwk === null || (jwk as { kty?: unknown }).kty === 'oct') continue;
    const key = await readKey(jwk);
    if (key) keys.push(key);
  }
  return keys;
}

function membersOf(text: string): readonly unknown[] {
  let set: unknown;
  try {
    set = JSON.parse(text);
  } catch {
    throw new BadKeySet('the answer is not JSON');
  }
  const keys = typeof set === 'object' && set !== null ? (set as { keys?: unknown }).keys : undefined;
  if (!Array.isArray(keys))
    throw new BadKeySet('the answer is not a JSON Web Key Set, an object with a list of keys');
  return keys;
}

async function readKey(jwk: object): Promise<KeyOfSet | undefined> {
  try {
    const { key, kid, algorithm } = await parsePublicJwk(jwk);
    const { alg } = jwk as { alg?: unknown };
    // That it suits the key was seen.
    return { key, kid, algorithms: typeof alg === 'string' ? [alg] : signedWith[algorithm] };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.code === 'private_key_refused')
      throw new BadKeySet(
        'a key in it is a private one, which is exposed now: publish a new pair, without its private half',
      );
    return undefined;
  }
}
