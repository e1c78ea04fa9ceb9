import type { JSONWebKeySet } from 'jose';
import type { Id } from '../base/ids.ts';
import type { MasterSecret } from '../base/master-secret.ts';
import { type Clock, type Instant, toRfc3339 } from '../base/units.ts';
import { recordAuditEvent } from '../events/record.ts';
import type { Actor } from '../model/event.ts';
import { type SigningAlgorithm, signingAlgorithms } from '../model/signing-algorithm.ts';
import type { Database, Transaction } from '../store/engine/database.ts';
import { ShortCache } from '../store/engine/short-cache.ts';
import { lockInstance } from '../store/instances.ts';
import {
  advanceSigningKeys,
  type Chain,
  deleteSigningKey,
  insertSigningKey,
  listSigningKeys,
  resealSigningKey,
  type StoredSigningKey,
  signFrom,
} from '../store/signing-keys.ts';
import { activeOf, isDue, isKnownToAll, isNext, isScheduled, longestToken, publishedAhead } from './chain.ts';
import {
  makeEs256KeyPair,
  makeKeyPair,
  openKey,
  type SigningKey,
  sealAnew,
  sealNewKey,
} from './signing-key.ts';

/** What a rotation comes to: the key that signs, and since or from when. */
export interface Rotation {
  readonly algorithm: SigningAlgorithm;
  readonly kid: Id;
  readonly signsFrom: Instant;
}

/** What an operator sees of a key. */
export interface SigningKeyState {
  readonly algorithm: SigningAlgorithm;
  readonly kid: Id;
  /** `scheduled`: signs from `signsFrom` on; `next`: after the next rotation; `retired`: does not sign any more. */
  readonly state: 'signing' | 'scheduled' | 'next' | 'retired';
  readonly createdAt: Instant;
  readonly signsFrom: Instant | null;
  readonly publishedUntil: Instant | null;
}

type TwoKeys = readonly [StoredSigningKey, StoredSigningKey];

/**
 * The signing keys of each instance, a chain for each algorithm: one active, the next published ahead, old ones until their tokens
 * are gone. ES256 begins with the instance; RS256 when somebody needs it first, since not every instance does.
 */
export class SigningKeys {
  readonly #db: Database;
  readonly #secret: MasterSecret;
  readonly #clock: Clock;
  readonly #caches: Readonly<Record<SigningAlgorithm, ShortCache<Id, readonly SigningKey[]>>> = {
    ES256: new ShortCache(),
    RS256: new ShortCache(),
  };
  /** Opening a key costs more than reading its row, and the same ID is always the same key. */
  readonly #opened = new Map<Id, Omit<SigningKey, 'activeFrom'>>();
  /**
   * What chains are to begin with, until it is written: however many ask at once, and however often a database refuses the writing,
   * these are made once.
   */
  readonly #first = new Map<string, Promise<TwoKeys>>();

  constructor(db: Database, secret: MasterSecret, clock: Clock) {
    this.#db = db;
    this.#secret = secret;
    this.#clock = clock;
  }

  /** Every published key of one algorithm, at most a second old: none where the chain was not begun. */
  async published(instanceId: Id, algorithm: SigningAlgorithm): Promise<readonly SigningKey[]> {
    const keys = await this.#caches[algorithm].get(instanceId, async () => {
      const stored = await listSigningKeys(this.#db, { instanceId, algorithm }, this.#clock());
      // Another process may begin the chain at any moment, and signs at once.
      if (stored.length === 0) return undefined;
      return stored.map((key) => ({ ...this.#open(instanceId, key), activeFrom: key.activeFrom }));
    });
    return keys ?? [];
  }

  /** The key that signs now by this algorithm. */
  async active(instanceId: Id, algorithm: SigningAlgorithm): Promise<SigningKey> {
    const key = activeOf(await this.#begun(instanceId, algorithm), this.#clock());
    if (!key) throw new Error(`the instance has no signing key for ${algorithm}`);
    return key;
  }

  /** What `/oauth2/jwks` shows: the published keys of every algorithm (RFC 7517 5). */
  async jwks(instanceId: Id): Promise<JSONWebKeySet> {
    const chains = await Promise.all(signingAlgorithms.map((each) => this.#begun(instanceId, each)));
    return { keys: chains.flat().map(({ jwk }) => jwk) };
  }

  /** Makes the two ES256 keys that an instance begins with, in the transaction that makes the instance. */
  async begin(tx: Transaction, instanceId: Id): Promise<void> {
    const chain = { instanceId, algorithm: 'ES256' } as const;
    const now = this.#clock();
    const make = () => sealNewKey(this.#secret, chain, makeEs256KeyPair(), now);
    await insertFirst(tx, instanceId, [make(), make()]);
  }

  /** Every published key and what it is for, the oldest first, one algorithm after the other. */
  async list(instanceId: Id): Promise<SigningKeyState[]> {
    const now = this.#clock();
    const states: SigningKeyState[] = [];
    for (const algorithm of signingAlgorithms) {
      const stored = await listSigningKeys(this.#db, { instanceId, algorithm }, now);
      const active = activeOf(stored, now);
      for (const key of stored)
        states.push({
          algorithm,
          kid: key.id,
          state:
            key === active
              ? 'signing'
              : isNext(key)
                ? 'next'
                : isScheduled(key, now)
                  ? 'scheduled'
                  : 'retired',
          createdAt: key.createdAt,
          signsFrom: key.activeFrom,
          publishedUntil: key.publishedUntil,
        });
    }
    return states;
  }

  /**
   * The next key becomes the active one, and a new next one is published. Tokens that the old key signed stay good until
   * they expire. A next key that copies of the JWKS may not have yet signs when they do; a rotation that waits for
   * that is not followed by another.
   * @param onlyIfDue rotate only when the active key has served for 90 days
   * @returns the key that signs now or soon; null when nothing was due, or where nobody has needed the algorithm yet
   */
  async rotate(
    instanceId: Id,
    algorithm: SigningAlgorithm,
    actor: Actor,
    options: { onlyIfDue: boolean },
  ): Promise<Rotation | null> {
    const chain = { instanceId, algorithm };
    const now = this.#clock();
    const isWanted = (keys: readonly StoredSigningKey[]) =>
      options.onlyIfDue ? isDue(keys, now) : keys.length > 0;
    // Asked every minute for every instance, of which nearly none has something to do; the transaction decides again.
    if (!isWanted(await listSigningKeys(this.#db, chain, now))) {
      this.#caches[algorithm].clear(); // it may hold a key whose time is over
      return null;
    }
    const [later, nextIfNone] = await this.#makeTwo(chain);
    const rotation = await this.#db.transaction(async (tx): Promise<Rotation | null> => {
      await lockInstance(tx, instanceId);
      const keys = await listSigningKeys(tx, chain, now);
      const active = activeOf(keys, now);
      if (!isWanted(keys)) return null;
      const scheduled = keys.find((key) => key !== active && isScheduled(key, now));
      if (scheduled) return { algorithm, kid: scheduled.id, signsFrom: scheduled.activeFrom ?? now };
      const next = keys.find(isNext) ?? (await insertNext(tx, instanceId, nextIfNone));
      const signsFrom =
        active && !isKnownToAll(next, keys) ? Math.max(now, next.createdAt + publishedAhead) : now;
      await advanceSigningKeys(tx, chain, next.id, signsFrom, signsFrom + longestToken);
      await insertSigningKey(tx, instanceId, later);
      await recordAuditEvent(tx, now, {
        instanceId,
        type: 'signing_key.rotated',
        actor,
        ip: null,
        detail: {
          algorithm,
          kid: next.id,
          next_kid: later.id,
          ...(signsFrom > now && { signs_from: toRfc3339(signsFrom) }),
        },
      });
      return { algorithm, kid: next.id, signsFrom };
    });
    this.#caches[algorithm].clear();
    return rotation;
  }

  /**
   * Takes a key out at once, whatever it is for: for one that others may have. Tokens that it signed are refused from now
   * on (in other processes within a second). If it signed, or was about to, another does now; copies of the JWKS need
   * not have that one, if they are younger than it.
   * @returns the key that signs now; null when no published key has that ID
   */
  async drop(instanceId: Id, kid: string, actor: Actor): Promise<Rotation | null> {
    for (const algorithm of signingAlgorithms) {
      const chain = { instanceId, algorithm };
      const keys = await listSigningKeys(this.#db, chain, this.#clock());
      if (keys.some(({ id }) => id === kid)) return this.#dropFrom(chain, kid, actor);
    }
    return null;
  }

  async #dropFrom(chain: Chain, kid: string, actor: Actor): Promise<Rotation | null> {
    const { instanceId, algorithm } = chain;
    const now = this.#clock();
    const [later, nextIfNone] = await this.#makeTwo(chain);
    const rotation = await this.#db.transaction(async (tx): Promise<Rotation | null> => {
      await lockInstance(tx, instanceId);
      const keys = await listSigningKeys(tx, chain, now);
      const dropped = keys.find((key) => key.id === kid);
      if (!dropped) return null;
      await deleteSigningKey(tx, chain, dropped.id);
      const active = activeOf(keys, now);
      const others = keys.filter((key) => key !== dropped);
      const scheduled = others.find((key) => isScheduled(key, now));
      const next = others.find(isNext) ?? (await insertNext(tx, instanceId, nextIfNone));

      let signing = active ?? next;
      if (dropped === active || !active) {
        signing = scheduled ?? next;
        await signFrom(tx, chain, signing.id, now);
        if (signing === next) await insertSigningKey(tx, instanceId, later);
      } else if (isScheduled(dropped, now)) await signFrom(tx, chain, active.id, active.activeFrom ?? now); // it was to stop for the one that is gone
      await recordAuditEvent(tx, now, {
        instanceId,
        type: 'signing_key.rotated',
        actor,
        ip: null,
        detail: { algorithm, dropped_kid: dropped.id, kid: signing.id },
      });
      return {
        algorithm,
        kid: signing.id,
        signsFrom: signing === active ? (active.activeFrom ?? now) : now,
      };
    });
    this.#caches[algorithm].clear();
    if (rotation) this.#opened.delete(kid as Id);
    return rotation;
  }

  /**
   * Checks at start that the master secret opens the keys of this instance, and seals anew under the writing
   * secret those that an older one had sealed.
   * @throws WrongSecret
   */
  async reseal(instanceId: Id): Promise<void> {
    for (const algorithm of signingAlgorithms) {
      const chain = { instanceId, algorithm };
      const old = (await listSigningKeys(this.#db, chain, this.#clock())).flatMap((key) => {
        const sealed = sealAnew(this.#secret, instanceId, key);
        return sealed ? [{ id: key.id, sealed }] : [];
      });
      if (old.length > 0)
        await this.#db.transaction(async (tx) => {
          for (const { id, sealed } of old) await resealSigningKey(tx, chain, id, sealed);
        });
    }
  }

  /** The published keys of a chain, which is begun where nobody has needed it before. */
  async #begun(instanceId: Id, algorithm: SigningAlgorithm): Promise<readonly SigningKey[]> {
    const keys = await this.published(instanceId, algorithm);
    if (keys.length > 0) return keys;
    await this.#beginLate({ instanceId, algorithm });
    return this.published(instanceId, algorithm);
  }

  /** Of several processes that begin a chain at once, one does. */
  async #beginLate(chain: Chain): Promise<void> {
    const { instanceId, algorithm } = chain;
    const id = `${instanceId} ${algorithm}`;
    const making = this.#first.get(id) ?? this.#makeTwo(chain);
    this.#first.set(id, making);
    making.catch(() => this.#first.delete(id));
    const first = await making;
    await this.#db.transaction(async (tx) => {
      await lockInstance(tx, instanceId);
      const others = await listSigningKeys(tx, chain, this.#clock());
      if (others.length === 0) await insertFirst(tx, instanceId, first);
    });
    this.#first.delete(id);
    this.#caches[algorithm].clear();
  }

  /** As many new keys as any change of a chain can need, made before its transaction, which cannot wait for them. */
  async #makeTwo(chain: Chain): Promise<TwoKeys> {
    const pairs = await Promise.all([makeKeyPair(chain.algorithm), makeKeyPair(chain.algorithm)]);
    const now = this.#clock();
    const [one, other] = pairs;
    return [sealNewKey(this.#secret, chain, one, now), sealNewKey(this.#secret, chain, other, now)];
  }

  #open(instanceId: Id, stored: StoredSigningKey): Omit<SigningKey, 'activeFrom'> {
    const known = this.#opened.get(stored.id);
    if (known) return known;
    const key = openKey(this.#secret, instanceId, stored);
    this.#opened.set(stored.id, key);
    return key;
  }
}

/** What a chain begins with: one key that signs from when it was made, and the next. */
async function insertFirst(tx: Transaction, instanceId: Id, [active, next]: TwoKeys): Promise<void> {
  await insertSigningKey(tx, instanceId, { ...active, activeFrom: active.createdAt });
  await insertSigningKey(tx, instanceId, next);
}

async function insertNext(tx: Transaction, instanceId: Id, key: StoredSigningKey): Promise<StoredSigningKey> {
  await insertSigningKey(tx, instanceId, key);
  return key;
}
