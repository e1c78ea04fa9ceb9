import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { type Id, newId } from '../base/ids.ts';
import { type MasterSecret, WrongSecret } from '../base/master-secret.ts';
import { type Clock, DAY, HOUR, type Instant, MINUTE, toRfc3339 } from '../base/units.ts';
import { recordAuditEvent } from '../events/record.ts';
import type { Actor } from '../model/event.ts';
import type { Database, Transaction } from '../store/engine/database.ts';
import { ShortCache } from '../store/engine/short-cache.ts';
import { lockInstance } from '../store/instances.ts';
import {
  advanceSigningKeys,
  deleteSigningKey,
  insertSigningKey,
  listSigningKeys,
  resealSigningKey,
  type StoredSigningKey,
  signFrom,
} from '../store/signing-keys.ts';
import { encodePart } from './jwt.ts';

/** A key that signs access tokens, or did, or will. */
export interface SigningKey {
  readonly kid: Id;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  /** The encoded header of every token that it signs (RFC 9068 2.1). */
  readonly tokenHeader: string;
  /** As `/oauth2/jwks` shows it (RFC 7517). */
  readonly jwk: JWK;
  /** Null: it will sign after a rotation. */
  readonly activeFrom: Instant | null;
}

const rotateAfter = 90 * DAY;
/** The longest life of an access token (the registry's limit), and time for clocks that differ. */
const longestToken = DAY + HOUR;
/**
 * How long a key is published before it signs, so that every copy of the JWKS has it: an API keeps one for ten minutes,
 * a cache on the way for five, and clocks differ.
 */
const publishedAhead = 20 * MINUTE;

/** What a rotation comes to: the key that signs, and since or from when. */
export interface Rotation {
  readonly kid: Id;
  readonly signsFrom: Instant;
}

/** What an operator sees of a key. */
export interface SigningKeyState {
  readonly kid: Id;
  /** `scheduled`: signs from `signsFrom` on; `next`: after the next rotation; `retired`: does not sign any more. */
  readonly state: 'signing' | 'scheduled' | 'next' | 'retired';
  readonly createdAt: Instant;
  readonly signsFrom: Instant | null;
  readonly publishedUntil: Instant | null;
}

/** The signing keys of each instance: one active, the next published ahead, old ones until their tokens are gone. */
export class SigningKeys {
  readonly #db: Database;
  readonly #secret: MasterSecret;
  readonly #clock: Clock;
  readonly #cache = new ShortCache<Id, readonly SigningKey[]>();
  /** Opening a key costs more than reading its row, and the same ID is always the same key. */
  readonly #opened = new Map<Id, Omit<SigningKey, 'activeFrom'>>();

  constructor(db: Database, secret: MasterSecret, clock: Clock) {
    this.#db = db;
    this.#secret = secret;
    this.#clock = clock;
  }

  /** Every published key, at most a second old. */
  async published(instanceId: Id): Promise<readonly SigningKey[]> {
    const keys = await this.#cache.get(instanceId, async () => {
      const stored = await listSigningKeys(this.#db, instanceId, this.#clock());
      return stored.map((key) => ({ ...this.#open(instanceId, key), activeFrom: key.activeFrom }));
    });
    return keys ?? [];
  }

  /** The key that signs now. */
  async active(instanceId: Id): Promise<SigningKey> {
    const key = activeOf(await this.published(instanceId), this.#clock());
    if (!key) throw new Error('the instance has no signing key');
    return key;
  }

  /** Makes the two keys that an instance begins with, in the transaction that makes the instance. */
  async begin(tx: Transaction, instanceId: Id): Promise<void> {
    const now = this.#clock();
    await insertSigningKey(tx, instanceId, this.#make(instanceId, now, now));
    await insertSigningKey(tx, instanceId, this.#make(instanceId, now, null));
  }

  /** Every published key and what it is for, the oldest first. */
  async list(instanceId: Id): Promise<SigningKeyState[]> {
    const now = this.#clock();
    const stored = await listSigningKeys(this.#db, instanceId, now);
    const active = activeOf(stored, now);
    return stored.map((key) => ({
      kid: key.id,
      state:
        key === active ? 'signing' : isNext(key) ? 'next' : isScheduled(key, now) ? 'scheduled' : 'retired',
      createdAt: key.createdAt,
      signsFrom: key.activeFrom,
      publishedUntil: key.publishedUntil,
    }));
  }

  /**
   * The next key becomes the active one, and a new next one is published. Tokens that the old key signed stay good until
   * they expire. A next key that copies of the JWKS may not have yet signs when they do; a rotation that waits for
   * that is not followed by another.
   * @param onlyIfDue rotate only when the active key has served for 90 days
   * @returns the key that signs now or soon; null when nothing was due
   */
  async rotate(instanceId: Id, actor: Actor, options: { onlyIfDue: boolean }): Promise<Rotation | null> {
    const now = this.#clock();
    // Asked every minute for every instance, of which nearly none has something to do; the transaction decides again.
    if (options.onlyIfDue && !isDue(activeOf(await listSigningKeys(this.#db, instanceId, now), now), now)) {
      this.#cache.clear(); // it may hold a key whose time is over
      return null;
    }
    const later = this.#make(instanceId, now, null);
    const rotation = await this.#db.transaction(async (tx): Promise<Rotation | null> => {
      await lockInstance(tx, instanceId);
      const keys = await listSigningKeys(tx, instanceId, now);
      const active = activeOf(keys, now);
      if (options.onlyIfDue && !isDue(active, now)) return null;
      const scheduled = keys.find((key) => key !== active && isScheduled(key, now));
      if (scheduled) return { kid: scheduled.id, signsFrom: scheduled.activeFrom ?? now };
      const next = keys.find(isNext) ?? (await this.#addNext(tx, instanceId, now));
      const signsFrom =
        active && !isKnownToAll(next, keys) ? Math.max(now, next.createdAt + publishedAhead) : now;
      await advanceSigningKeys(tx, instanceId, next.id, signsFrom, signsFrom + longestToken);
      await insertSigningKey(tx, instanceId, later);
      await recordAuditEvent(tx, now, {
        instanceId,
        type: 'signing_key.rotated',
        actor,
        ip: null,
        detail: {
          kid: next.id,
          next_kid: later.id,
          ...(signsFrom > now && { signs_from: toRfc3339(signsFrom) }),
        },
      });
      return { kid: next.id, signsFrom };
    });
    this.#cache.clear();
    return rotation;
  }

  /**
   * Takes a key out at once, whatever it is for: for one that others may have. Tokens that it signed are refused from now
   * on (in other processes within a second). If it signed, or was about to, another does now; copies of the JWKS need
   * not have that one, if they are younger than it.
   * @returns the key that signs now; null when no published key has that ID
   */
  async drop(instanceId: Id, kid: string, actor: Actor): Promise<Rotation | null> {
    const now = this.#clock();
    const rotation = await this.#db.transaction(async (tx): Promise<Rotation | null> => {
      await lockInstance(tx, instanceId);
      const keys = await listSigningKeys(tx, instanceId, now);
      const dropped = keys.find((key) => key.id === kid);
      if (!dropped) return null;
      await deleteSigningKey(tx, instanceId, dropped.id);
      const active = activeOf(keys, now);
      const others = keys.filter((key) => key !== dropped);
      const scheduled = others.find((key) => isScheduled(key, now));
      const next = others.find(isNext) ?? (await this.#addNext(tx, instanceId, now));

      let signing = active ?? next;
      if (dropped === active || !active) {
        signing = scheduled ?? next;
        await signFrom(tx, instanceId, signing.id, now);
        if (signing === next) await this.#addNext(tx, instanceId, now);
      } else if (isScheduled(dropped, now))
        await signFrom(tx, instanceId, active.id, active.activeFrom ?? now); // it was to stop for the one that is gone
      await recordAuditEvent(tx, now, {
        instanceId,
        type: 'signing_key.rotated',
        actor,
        ip: null,
        detail: { dropped_kid: dropped.id, kid: signing.id },
      });
      return { kid: signing.id, signsFrom: signing === active ? (active.activeFrom ?? now) : now };
    });
    this.#cache.clear();
    if (rotation) this.#opened.delete(kid as Id);
    return rotation;
  }

  async #addNext(tx: Transaction, instanceId: Id, now: Instant): Promise<StoredSigningKey> {
    const key = this.#make(instanceId, now, null);
    await insertSigningKey(tx, instanceId, key);
    return key;
  }

  /**
   * Checks at start that the master secret opens the keys of this instance, and seals anew under the writing
   * secret those that an older one had sealed.
   * @throws WrongSecret
   */
  async reseal(instanceId: Id): Promise<void> {
    const stored = await listSigningKeys(this.#db, instanceId, this.#clock());
    const old = stored.flatMap((key) => {
      const opened = this.#unseal(instanceId, key);
      return opened.current
        ? []
        : [
            {
              id: key.id,
              sealed: this.#secret.seal('signing-key', opened.plain, sealingContext(instanceId, key.id)),
            },
          ];
    });
    if (old.length === 0) return;
    await this.#db.transaction(async (tx) => {
      for (const { id, sealed } of old) await resealSigningKey(tx, instanceId, id, sealed);
    });
  }

  #make(instanceId: Id, now: Instant, activeFrom: Instant | null): StoredSigningKey {
    const id = newId(now);
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const der = privateKey.export({ format: 'der', type: 'pkcs8' });
    const { kty, crv, x, y } = publicKey.export({ format: 'jwk' });
    return {
      id,
      algorithm: 'ES256',
      publicJwk: JSON.stringify({ kty, crv, x, y, kid: id, alg: 'ES256', use: 'sig' }),
      sealedPrivateKey: this.#secret.seal('signing-key', der, sealingContext(instanceId, id)),
      createdAt: now,
      activeFrom,
      publishedUntil: null,
    };
  }

  #open(instanceId: Id, stored: StoredSigningKey): Omit<SigningKey, 'activeFrom'> {
    const known = this.#opened.get(stored.id);
    if (known) return known;
    const jwk = JSON.parse(stored.publicJwk) as JWK;
    const key = {
      kid: stored.id,
      publicKey: createPublicKey({ key: jwk, format: 'jwk' }),
      privateKey: createPrivateKey({
        key: this.#unseal(instanceId, stored).plain,
        format: 'der',
        type: 'pkcs8',
      }),
      tokenHeader: encodePart({ alg: 'ES256', typ: 'at+jwt', kid: stored.id }),
      jwk,
    };
    this.#opened.set(stored.id, key);
    return key;
  }

  #unseal(instanceId: Id, stored: StoredSigningKey): { plain: Buffer; current: boolean } {
    const opened = this.#secret.open(
      'signing-key',
      stored.sealedPrivateKey,
      sealingContext(instanceId, stored.id),
    );
    if (!opened)
      throw new WrongSecret(
        'POSTERN_SECRET does not open the signing keys of this database: start with the secret that it was made with',
      );
    return opened;
  }
}

/**
 * Of the keys whose time has come, the one whose time came last. Where the clock was set back to before all of them, the one
 * whose time comes first: tokens are signed whatever the clock did, by a key that is published.
 */
function activeOf<Key extends { readonly activeFrom: Instant | null }>(
  keys: readonly Key[],
  now: Instant,
): Key | undefined {
  let active: Key | undefined;
  for (const key of keys)
    if (key.activeFrom !== null && goesBefore(key.activeFrom, active, now)) active = key;
  return active;
}

/** Whether a key that signs from `activeFrom` on signs now rather than `other`. */
function goesBefore(
  activeFrom: Instant,
  other: { readonly activeFrom: Instant | null } | undefined,
  now: Instant,
): boolean {
  if (!other || other.activeFrom === null) return true;
  if (activeFrom > now) return other.activeFrom > now && activeFrom < other.activeFrom;
  return other.activeFrom > now || activeFrom >= other.activeFrom;
}

/** Whether another key should sign: this one has for 90 days, or there is none. */
function isDue(active: StoredSigningKey | undefined, now: Instant): boolean {
  return !active || (active.activeFrom ?? now) <= now - rotateAfter;
}

function isNext(key: StoredSigningKey): boolean {
  return key.activeFrom === null;
}

function isScheduled(key: StoredSigningKey, now: Instant): boolean {
  return key.activeFrom !== null && key.activeFrom > now;
}

/** Whether no JWKS was ever without this key: it is as old as every other. */
function isKnownToAll(key: StoredSigningKey, keys: readonly StoredSigningKey[]): boolean {
  return keys.every((each) => key.createdAt <= each.createdAt);
}

function sealingContext(instanceId: Id, keyId: Id): string {
  return `${instanceId} ${keyId}`;
}
