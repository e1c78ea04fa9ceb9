import type { Id } from '../base/ids.ts';
import type { Clock, Instant } from '../base/units.ts';

/** Who has published something: an application, an identity provider. */
export interface Publisher {
  readonly id: Id;
  /** What was known of it before is forgotten when this is another one. */
  readonly version: Instant | string | undefined;
}

/** What was read just now, and for how many milliseconds it is taken for what it was. */
export interface Answer<T> {
  readonly value: T;
  readonly freshFor: number;
}

/** What is known of what somebody publishes. */
export interface Kept<T> {
  /** Null where it could not be had yet. */
  readonly value: T | null;
  readonly isFresh: boolean;
  readonly readAt: Instant;
  /** Why nothing came of the last try. */
  readonly failure: Error | null;
}

interface Known<T> {
  readonly version: Publisher['version'];
  value: T | null;
  readAt: Instant;
  freshFor: number;
  /** When it was asked for last, whatever came of that. */
  askedAt: Instant;
  failure: Error | null;
  /** The request under way, which everybody waits for who needs it now. */
  asking: Promise<void> | null;
}

/**
 * What others publish at addresses of theirs, as this process knows it: one thing of each of them, asked for when it is needed and kept for a
 * while. Nobody is asked more often than the pause allows, however many need it and whatever came of it.
 */
export class KeptAnswers<T> {
  readonly #clock: Clock;
  readonly #pause: number;
  readonly #most: number;
  readonly #failures: readonly (abstract new (
    ...args: never[]
  ) => Error)[];
  readonly #known = new Map<Id, Known<T>>();

  /**
   * @param options.pause milliseconds between two requests
   * @param options.most so many are known; whoever is beyond that is forgotten, the one longest known first
   * @param options.failures errors that say why something cannot be had; every other is a mistake of ours, and thrown
   */
  constructor(
    clock: Clock,
    options: {
      pause: number;
      most: number;
      failures: readonly (abstract new (...args: never[]) => Error)[];
    },
  ) {
    this.#clock = clock;
    this.#pause = options.pause;
    this.#most = options.most;
    this.#failures = options.failures;
  }

  /**
   * What is known, after it was asked for where that was needed and the pause is over. Takes as long as `ask`: never call it in a transaction.
   * @param isGood whether what is kept will do; where it does not, it is asked for again, since it may have changed
   */
  async get(
    publisher: Publisher,
    ask: () => Promise<Answer<T>>,
    isGood: (value: T) => boolean = () => true,
  ): Promise<Kept<T>> {
    const known = this.#of(publisher);
    const will = known.value !== null && this.#isWithin(known.readAt, known.freshFor) && isGood(known.value);
    if (!will) {
      if (!this.#isWithin(known.askedAt, this.#pause))
        known.asking ??= this.#ask(known, ask).finally(() => {
          known.asking = null;
        });
      await known.asking;
    }
    const { value, readAt, failure } = known;
    return { value, readAt, failure, isFresh: this.#isWithin(readAt, known.freshFor) };
  }

  /** A clock that was set back must not make anything good for longer. */
  #isWithin(begin: Instant, length: number): boolean {
    const now = this.#clock();
    return begin <= now && now < begin + length;
  }

  #of({ id, version }: Publisher): Known<T> {
    const known = this.#known.get(id);
    if (known && known.version === version) return known;
    const fresh: Known<T> = {
      version,
      value: null,
      readAt: 0,
      freshFor: 0,
      askedAt: -this.#pause,
      failure: null,
      asking: null,
    };
    this.#known.delete(id);
    for (const longest of this.#known.keys()) {
      if (this.#known.size < this.#most) break;
      this.#known.delete(longest);
    }
    this.#known.set(id, fresh);
    return fresh;
  }

  async #ask(known: Known<T>, ask: () => Promise<Answer<T>>): Promise<void> {
    known.askedAt = this.#clock();
    try {
      const { value, freshFor } = await ask();
      Object.assign(known, { value, freshFor, readAt: this.#clock(), failure: null });
    } catch (error) {
      if (!this.#failures.some((kind) => error instanceof kind)) throw error;
      known.failure = error as Error;
    }
  }
}
