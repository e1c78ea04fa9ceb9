import { type Id, parseId } from '../base/ids.ts';
import { networkOf } from '../base/network.ts';
import { type Instant, MINUTE, SECOND } from '../base/units.ts';
import { recordAuditEvent } from '../events/record.ts';
import { system } from '../model/event.ts';
import type { Instance } from '../model/instance.ts';
import type { Transaction } from '../store/engine/database.ts';
import { lockCounter, writeCounter } from '../store/rate-limits.ts';
import { type Limit, raise, secondsLeft } from './growing-delay.ts';
import type { Limited } from './needs.ts';

const delays = { window: MINUTE, firstDelay: SECOND, longestDelay: MINUTE };

/** One of the counters that a failure is counted by. */
interface Counted {
  readonly name: 'client_and_address' | 'address';
  readonly limit: Limit;
  readonly instance: Instance;
  readonly ip: string;
  readonly clientId: string | undefined;
  /** Over all of that, for this process's memory. */
  readonly place: string;
}

/** A request in which a client says who it is. */
export interface ClientRequest {
  readonly instance: Instance;
  readonly ip: string;
  /** Which client it says it comes from, true or not; only asked when there is something to count or to refuse. */
  readonly claimedClientId: () => string | undefined;
}

/** What the protocol makes of failures. */
export interface Failures {
  /** What the heaviest failure weighs: one of authentication itself. */
  readonly heaviest: number;
  /** What an error of a request weighs; undefined for one that does not count. */
  weigh(error: unknown): number | undefined;
  /** The error that tells a client to wait. */
  tooMany(description: string, seconds: number): Error;
}

interface Waiting {
  readonly counted: readonly Counted[];
  readonly points: number;
  /** @param seconds how long its place was blocked for already; null when it was not */
  readonly done: (seconds: number | null) => void;
}

const rememberedAtMost = 10_000;
/** How long a failure waits for being counted. A database that is slower must not keep it from its answer. */
const patience = SECOND;

type Needed = Pick<Limited, 'config' | 'db' | 'clock' | 'secret' | 'metrics'>;

/**
 * Limits on failures at the endpoints where clients authenticate themselves: for a client at an address, and for the
 * address. Nothing is counted of what succeeds, and while nobody is blocked a request costs one look at an empty map.
 * The counters are in the database, for all processes and for after a restart; failures that come together are written
 * together, so that a flood of them has at most one transaction under way in each process.
 *
 * A blocked client at an address is turned away unheard, the right secret included. A blocked address is not: others may
 * share it, so that what succeeds there is answered, and only failures are told to wait.
 */
export class FailureLimits {
  readonly #core: Needed;
  readonly #failures: Failures;
  /** What this process knows to be blocked, by place, and until when. */
  readonly #blocked = new Map<string, Instant>();
  /** Not with every request: there may be many. */
  #nextDrop: Instant = 0;
  #waiting: Waiting[] = [];
  #writing = false;

  constructor(core: Needed, failures: Failures) {
    this.#core = core;
    this.#failures = failures;
  }

  /** How many places this process turns away, as far as it knows; requests look none of them up where it is 0. */
  get knownToBeBlocked(): number {
    return this.#blocked.size;
  }

  /**
   * Does the work of a request, unless its client is blocked at its address; counts it if it fails.
   * @throws what `Failures.tooMany` makes, or what the work throws
   */
  async watch<T>(request: ClientRequest, work: () => Promise<T>): Promise<T> {
    if (!this.#core.config.rateLimits) return work();
    if (this.#blocked.size > 0) {
      this.#dropPassed();
      this.#refuseBlocked(request);
    }
    try {
      return await work();
    } catch (error) {
      const weight = this.#failures.weigh(error);
      if (weight === undefined) throw error;
      throw (await this.#count(request, weight)) ?? error;
    }
  }

  /** Else places that nobody comes back from would be looked for in every request to come. */
  #dropPassed(): void {
    const now = this.#core.clock();
    if (now < this.#nextDrop) return;
    this.#nextDrop = now + SECOND;
    for (const [place, until] of this.#blocked) if (until <= now) this.#blocked.delete(place);
  }

  #refuseBlocked(request: ClientRequest): void {
    for (const counted of this.#countersOf(request))
      if (counted.name === 'client_and_address') {
        const seconds = this.#secondsBlocked(counted);
        if (seconds !== null) throw this.#tooMany(counted, seconds);
      }
  }

  /** @returns what to answer instead when this was one too many; null for the failure's own error */
  async #count(request: ClientRequest, weight: number): Promise<Error | null> {
    const counters = this.#countersOf(request);
    for (const counted of counters) {
      const seconds = this.#secondsBlocked(counted);
      if (seconds !== null) return this.#tooMany(counted, seconds);
    }
    const seconds = await new Promise<number | null>((resolve) => {
      const giveUp = setTimeout(() => resolve(null), patience);
      const done = (left: number | null) => {
        clearTimeout(giveUp);
        resolve(left);
      };
      this.#waiting.push({ counted: counters, points: weight, done });
      if (!this.#writing) void this.#write();
    });
    return seconds === null ? null : this.#tooMany(counters[0] as Counted, seconds);
  }

  #tooMany(counted: Counted, seconds: number): Error {
    this.#core.metrics.limited.inc({ limit: counted.name });
    return this.#failures.tooMany(
      counted.name === 'address'
        ? 'too many requests from this address failed; wait as long as Retry-After says'
        : 'too many requests of this client failed; wait as long as Retry-After says',
      seconds,
    );
  }

  #secondsBlocked({ place }: Counted): number | null {
    const until = this.#blocked.get(place);
    if (until === undefined) return null;
    const left = until - this.#core.clock();
    if (left > 0) return Math.max(1, Math.ceil(left / SECOND));
    this.#blocked.delete(place);
    return null;
  }

  #countersOf({ instance, ip, claimedClientId }: ClientRequest): Counted[] {
    const { tokenFailureLimit } = this.#core.config;
    const clientId = claimedClientId();
    const address = networkOf(ip);
    const allowed = tokenFailureLimit * this.#failures.heaviest;
    const common = { instance, ip, clientId };
    const ofAddress: Counted = {
      ...common,
      name: 'address',
      limit: { allowed: 2 * allowed, ...delays },
      place: JSON.stringify(['address', instance.id, address]),
    };
    if (clientId === undefined) return [ofAddress];
    return [
      {
        ...common,
        name: 'client_and_address',
        limit: { allowed, ...delays },
        place: JSON.stringify(['client_and_address', instance.id, clientId, address]),
      },
      ofAddress,
    ];
  }

  /** Writes what has gathered, again and again until nothing has. */
  async #write(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) {
      const waiting = this.#waiting;
      this.#waiting = [];
      try {
        const blocked = await this.#core.db.transaction((tx) => this.#countAll(tx, waiting));
        for (const each of waiting) {
          const seconds = each.counted
            .map(({ place }) => blocked.get(place))
            .find((left) => left !== undefined);
          each.done(seconds ?? null);
        }
      } catch {
        // The database is away: then the failure itself is what there is to tell.
        for (const each of waiting) each.done(null);
      }
    }
    this.#writing = false;
  }

  /** @returns the places that were blocked before these failures came, with the seconds that are left */
  async #countAll(tx: Transaction, waiting: readonly Waiting[]): Promise<Map<string, number>> {
    const now = this.#core.clock();
    const sums = new Map<string, { counted: Counted; points: number }>();
    for (const { counted, points } of waiting)
      for (const each of counted)
        sums.set(each.place, { counted: each, points: (sums.get(each.place)?.points ?? 0) + points });

    const blocked = new Map<string, number>();
    // Sorted, so that two processes never lock the same counters in opposite orders.
    for (const [place, sum] of [...sums].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const keys = this.#core.secret.macs('client-limit', place);
      const counter = await lockCounter(tx, keys, now);
      if (counter.blockedUntil > now) {
        blocked.set(place, secondsLeft(counter, now));
        this.#remember(place, counter.blockedUntil);
        continue;
      }
      const raised = raise(counter, sum.counted.limit, now, sum.points);
      await writeCounter(tx, keys, raised);
      if (raised.blockedUntil <= now) continue;
      this.#remember(place, raised.blockedUntil);
      // The first delay is where it begins; the longer ones after it would only fill the log.
      if (counter.points < sum.counted.limit.allowed)
        await this.#recordLock(tx, now, sum.counted, secondsLeft(raised, now));
    }
    return blocked;
  }

  #remember(place: string, until: Instant): void {
    if (this.#blocked.size >= rememberedAtMost) this.#blocked.clear(); // the next failure finds it in the database
    this.#blocked.set(place, until);
  }

  async #recordLock(tx: Transaction, now: Instant, counted: Counted, retryAfter: number): Promise<void> {
    const { instance, ip, name, clientId } = counted;
    await recordAuditEvent(tx, now, {
      instanceId: instance.id,
      type: 'client.limited',
      actor: system,
      ip,
      detail: {
        limit: name,
        retry_after: retryAfter,
        ...(name === 'client_and_address' && parseId(clientId) && { client_id: clientId as Id }),
      },
    });
  }
}
