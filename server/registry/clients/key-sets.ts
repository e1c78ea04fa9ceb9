import { FetchRefused, type FetchSafely } from '../../base/fetch-safely.ts';
import { type Clock, HOUR, MINUTE, SECOND } from '../../base/units.ts';
import type { Instance } from '../../model/instance.ts';
import { type Answer, KeptAnswers, type Publisher } from '../kept-answers.ts';
import { BadKeySet, type KeyOfSet, readKeySet } from './key-set.ts';

/** How long a set is kept: as its `Cache-Control` says, within these bounds. */
const lifetime = { least: 5 * MINUTE, usual: 10 * MINUTE, most: 24 * HOUR };
/** A key set cannot be had. The message is half a sentence for whoever looks after it: why not, without an address of ours. */
export class KeySetUnavailable extends Error {
  override name = 'KeySetUnavailable';
}

/** Whose set it is: an application's, or an identity provider's. */
export type KeySetOwner = Pick<Publisher, 'id'> & { readonly version?: Publisher['version'] };

/**
 * The keys that clients and identity providers publish at their `jwks_uri`, as this process knows them. Strangers can make it ask for a set
 * by claiming to be its owner, but once in 30 seconds at most, and never for one of an owner that there is not.
 */
export class KeySets {
  readonly #fetchSafely: FetchSafely;
  readonly #kept: KeptAnswers<readonly KeyOfSet[]>;

  constructor(fetchSafely: FetchSafely, clock: Clock) {
    this.#fetchSafely = fetchSafely;
    const failures = [FetchRefused, BadKeySet];
    this.#kept = new KeptAnswers(clock, { pause: 30 * SECOND, most: 10_000, failures });
  }

  /**
   * The key of somebody's set that fits. A set in which none does is asked for again, since its keys may have been rotated.
   * Takes as long as the host of the set, 5 seconds at most: never call it in a transaction.
   * @param uri the `jwks_uri` of the owner
   * @throws KeySetUnavailable
   */
  async find(
    instance: Instance,
    { id, version }: KeySetOwner,
    uri: string,
    fits: (key: KeyOfSet) => boolean,
  ): Promise<KeyOfSet | undefined> {
    const publisher = { id, version: `${version ?? ''} ${uri}` };
    const { value, isFresh, failure } = await this.#kept.get(
      publisher,
      () => this.#ask(instance, uri),
      (keys) => keys.some(fits),
    );
    const found = value?.find(fits);
    if (found && isFresh) return found;
    if (failure) throw new KeySetUnavailable(failure.message);
    return found;
  }

  async #ask(instance: Instance, uri: string): Promise<Answer<readonly KeyOfSet[]>> {
    const answer = await this.#fetchSafely(instance, uri, {
      accept: 'application/jwk-set+json, application/json',
    });
    if (answer.status !== 200) throw new BadKeySet(`the host answered with the status ${answer.status}`);
    return { value: await readKeySet(answer.body), freshFor: lifetimeOf(answer.headers['cache-control']) };
  }
}

/** How long an answer is kept, in milliseconds (RFC 9111 5.2.2.1). */
function lifetimeOf(cacheControl = ''): number {
  const [, seconds] = /(?:^|[\s,])max-age="?(\d{1,10})/i.exec(cacheControl) ?? [];
  const told = seconds === undefined ? lifetime.usual : Number(seconds) * SECOND;
  if (/(?:^|[\s,])no-(?:store|cache)/i.test(cacheControl)) return lifetime.least;
  return Math.min(Math.max(told, lifetime.least), lifetime.most);
}
