import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { type Id, newId } from '../ids.ts';
import { type MasterSecret, WrongSecret } from '../master-secret.ts';
import { type Actor, recordAuditEvent } from '../store/audit-events.ts';
import type { Database, Transaction } from '../store/database.ts';
import { lockInstance } from '../store/instances.ts';
import { ShortCache } from '../store/short-cache.ts';
import {
  advanceSigningKeys,
  insertSigningKey,
  listSigningKeys,
  resealSigningKey,
  type StoredSigningKey,
} from '../store/signing-keys.ts';
import { type Clock, DAY, HOUR, type Instant } from '../units.ts';
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
  readonly active: boolean;
}

const rotateAfter = 90 * DAY;
/** The longest life of an access token (the registry's limit), and time for clocks that differ. */
const longestToken = DAY + HOUR;

/** The signing keys of each instance: one active, the next published ahead, old ones until their tokens are gone. */
export class SigningKeys {
  readonly #db: Database;
  readonly #secret: MasterSecret;
  readonly #clock: Clock;
  readonly #cache = new ShortCache<Id, readonly SigningKey[]>();
  /** Opening a key costs more than reading its row, and the same ID is always the same key. */
  readonly #opened = new Map<Id, Omit<SigningKey, 'active'>>();

  constructor(db: Database, secret: MasterSecret, clock: Clock) {
    this.#db = db;
    this.#secret = secret;
    this.#clock = clock;
  }

  /** Every published key, at most a second old. */
  async published(instanceId: Id): Promise<readonly SigningKey[]> {
    const keys = await this.#cache.get(instanceId, async () => {
      const stored = await listSigningKeys(this.#db, instanceId, this.#clock());
      return stored.map((key) => ({ ...this.#open(instanceId, key), active: isActive(key) }));
    });
    return keys ?? [];
  }

  /** The key that signs now. */
  async active(instanceId: Id): Promise<SigningKey> {
    const key = (await this.published(instanceId)).find((each) => each.active);
    if (!key) throw new Error('the instance has no signing key');
    return key;
  }

  /** Makes the two keys that an instance begins with, in the transaction that makes the instance. */
  async begin(tx: Transaction, instanceId: Id): Promise<void> {
    const now = this.#clock();
    await insertSigningKey(tx, instanceId, this.#make(instanceId, now, now));
    await insertSigningKey(tx, instanceId, this.#make(instanceId, now, null));
  }

  /**
   * The next key becomes the active one, and a new next one is published. Tokens that the old key signed stay
   * good until they expire.
   * @param onlyIfDue rotate only when the active key has served for 90 days
   * @returns whether it rotated
   */
  async rotate(instanceId: Id, actor: Actor, options: { onlyIfDue: boolean }): Promise<boolean> {
    const now = this.#clock();
    const next = this.#make(instanceId, now, null);
    const rotated = await this.#db.transaction(async (tx) => {
      await lockInstance(tx, instanceId);
      const active = (await listSigningKeys(tx, instanceId, now)).find(isActive);
      if (options.onlyIfDue && active && (active.activeFrom ?? now) > now - rotateAfter) return false;
      await advanceSigningKeys(tx, instanceId, now, now + longestToken);
      await insertSigningKey(tx, instanceId, next);
      await recordAuditEvent(tx, now, {
        instanceId,
        type: 'signing_key.rotated',
        actor,
        ip: null,
        detail: { next_kid: next.id },
      });
      return true;
    });
    this.#cache.clear();
    return rotated;
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

  #open(instanceId: Id, stored: StoredSigningKey): Omit<SigningKey, 'active'> {
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

function isActive(key: StoredSigningKey): boolean {
  return key.activeFrom !== null && key.publishedUntil === null;
}

function sealingContext(instanceId: Id, keyId: Id): string {
  return `${instanceId} ${keyId}`;
}
