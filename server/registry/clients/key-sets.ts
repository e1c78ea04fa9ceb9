import { FetchRefused, type FetchSafely } from '../../base/fetch-safely.ts';
import type { Id } from '../../base/ids.ts';
import { type Clock, HOUR, type Instant, MINUTE, SECOND } from '../../base/units.ts';
import type { Instance } from '../../model/instance.ts';
import { BadKeySet, type KeyOfSet, readKeySet } from './key-set.ts';

/** How long a set is kept: as its `Cache-Control` says, within these bounds. */
const lifetime = { least: 5 * MINUTE, usual: 10 * MINUTE, most: 24 * HOUR };
/** A set is not asked for again sooner than this, whether that failed or it lacked a key. */
const pause = 30 * SECOND;
/** Whoever is beyond that is forgotten, the one longest known first. */
const mostSets = 10_000;

/** A key set cannot be had. The message is half a sentence for whoever looks after it: why not, without an address of ours. */
export class KeySetUnavailable extends Error {
  override name = 'KeySetUnavailable';
}

/** Whose set it is: an application's, or an identity provider's. */
export interface KeySetOwner {
  readonly id: Id;
  /** What was known of the set before is forgotten when this is another one. */
  readonly version?: Instant;
}

/** What is known of the set of one owner. */
interface Known {
  readonly uri: string;
  readonly version: Instant | undefined;
  keys: readonly KeyOfSet[];
  freshUntil: Instant;
  /** When it was asked for last, whatever came of that. */
  askedAt: Instant;
  /** Why nothing came of it. */
  failure: string | null;
  /** The request under way, which everybody waits for who needs the set now. */
  asking: Promise<void> | null;
}

/**
 * The keys that clients and identity providers publish at their `jwks_uri`, as this process knows them. Strangers can make it ask for a set
 * by claiming to be its owner, but once in 30 seconds at most, and never for one of an owner that there is not.
 */
export class KeySets {
  readonly #fetchSafely: FetchSafely;
  readonly #clock: Clock;
  readonly #known = new Map<Id, Known>();

  constructor(fetchSafely: FetchSafely, clock: Clock) {
    this.#fetchSafely = fetchSafely;
    this.#clock = clock;
  }

  /**
   * The key of somebody's set that fits. A set in which none does is asked for again, since its keys may have been rotated.
   * Takes as long as the host of the set, 5 seconds at most: never call it in a transaction.
   * @param uri the `jwks_uri` of the owner
   * @throws KeySetUnavailable
   */
  async find(
    instance: Instance,
    owner: KeySetOwner,
    uri: string,
    fits: (key: KeyOfSet) => boolean,
  ): Promise<KeyOfSet | undefined> {
    const known = this.#of(owner, uri);
    const now = this.#clock();
    // A clock that was set back must not keep a set for longer than it was good.
    const isSetBack = now < known.askedAt;
    const kept = now < known.freshUntil && !isSetBack ? known.keys.find(fits) : undefined;
    if (kept) return kept;
    if (isSetBack || now >= known.askedAt + pause)
      known.asking ??= this.#ask(instance, known).finally(() => {
        known.asking = null;
      });
    await known.asking;
    if (known.failure !== null) throw new KeySetUnavailable(known.failure);
    return known.keys.find(fits);
  }

  #of({ id, version }: KeySetOwner, uri: string): Known {
    const known = this.#known.get(id);
    if (known?.uri === uri && known.version === version) return known;
    const fresh = { uri, version, keys: [], freshUntil: 0, askedAt: -pause, failure: null, asking: null };
    this.#known.delete(id);
    for (const longest of this.#known.keys()) {
      if (this.#known.size < mostSets) break;
      this.#known.delete(longest);
    }
    this.#known.set(id, fresh);
    return fresh;
  }

  async #ask(instance: Instance, known: Known): Promise<void> {
    known.askedAt = this.#clock();
    try {
      const answer = await this.#fetchSafely(instance, known.uri, {
        accept: 'application/jwk-set+json, application/json',
      });
      if (answer.status !== 200) throw new BadKeySet(`the host answered with the status ${answer.status}`);
      known.keys = await readKeySet(answer.body);
      known.freshUntil = this.#clock() + lifetimeOf(answer.headers['cache-control']);
      known.failure = null;
    } catch (error) {
      if (!(error instanceof FetchRefused || error instanceof BadKeySet)) throw error;
      known.failure = error.message;
    }
  }
}

/** How long an answer is kept, in milliseconds (RFC 9111 5.2.2.1). */
function lifetimeOf(cacheControl = ''): number {
  const [, seconds] = /(?:^|[\s,])max-age="?(\d{1,10})/i.exec(cacheControl) ?? [];
  const told = seconds === undefined ? lifetime.usual : Number(seconds) * SECOND;
  if (/(?:^|[\s,])no-(?:store|cache)/i.test(cacheControl)) return lifetime.least;
  return Math.min(Math.max(told, lifetime.least), lifetime.most);
}
