import type { Logger } from 'pino';
import type { Id } from '../base/ids.ts';
import { type Clock, HOUR, type Instant, MINUTE, SECOND } from '../base/units.ts';
import type { Database } from '../store/engine/database.ts';
import {
  claimOutboxEntry,
  deleteOldOutboxEntries,
  deleteOutboxEntry,
  listDueApplications,
  type OutboxEntry,
  type OutboxKind,
  postponeOutboxEntry,
} from '../store/outbox.ts';

/**
 * How an attempt to send something went. *refused*: it arrived, and was not taken; it is tried again, but it says nothing of what else
 * is for the same application. *failed*: it may not have arrived. The reason is for the log.
 */
export type Delivery =
  | { readonly outcome: 'delivered' }
  /** Nobody wants to hear of it any more. */
  | { readonly outcome: 'moot' }
  | { readonly outcome: 'refused' | 'failed'; readonly reason: string };

/** How long after the first, second … failure in a row it is tried again; after more than these, each time after the last. */
const pauses = [2 * SECOND, 5 * SECOND, 10 * SECOND, 20 * SECOND, 40 * SECOND, 2 * MINUTE, 5 * MINUTE];
/** How old something may become until it is given up. */
const givenUpAfter = HOUR;
/** How long an attempt belongs to the process that began it: longer than any takes. Then another process tries. */
const lease = 10 * SECOND;
/** How often each process looks for what others have left, or written without sending it, as the command line does. */
const lookEvery = 5 * SECOND;
/** Attempts at a time. Those to applications that take their time wait for an answer, and cost nearly nothing meanwhile. */
const mostAtATime = 32;
/** For one application; it is one where the last attempt failed. */
const mostForOne = 2;
/** An application that took longer the last time is slow, as one is that failed. In milliseconds. */
const slowFrom = SECOND;
/** Of all attempts, those to slow applications: what is left is for the others, however many slow ones there are. */
const mostToSlow = mostAtATime / 2;
/** How long a stop waits for attempts that are under way. What they do not come to, another process does. */
const patience = 2 * SECOND;
const batch = 500;

/** How one application has answered lately, as this process has seen it. */
interface Lane {
  attempts: number;
  /** Whether something was written that its attempts may not have seen. */
  isAsked: boolean;
  failuresInARow: number;
  restsUntil: Instant;
  /** Whether it took its time when it answered last. */
  isSlow: boolean;
  lastTriedAt: Instant;
}

/**
 * Sends what stands in the table `outbox`: at once when a transaction of this process has written something, and again until it arrives or
 * is an hour old. A process takes each thing by one conditional write and for a few seconds, so that what it cannot finish is sent by
 * another: at least once, and hardly ever twice.
 */
export class Outbox {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #kind: OutboxKind;
  readonly #deliver: (entry: OutboxEntry) => Promise<Delivery>;
  readonly #lanes = new Map<Id, Lane>();
  readonly #underWay = new Set<Promise<void>>();
  #underWayToSlow = 0;
  /** Applications for which something is due, the one that waits longest first. */
  readonly #waiting = new Set<Id>();
  #stop: (() => void) | null = null;

  constructor(
    { db, clock, log }: { db: Database; clock: Clock; log: Logger },
    kind: OutboxKind,
    deliver: (entry: OutboxEntry) => Promise<Delivery>,
  ) {
    this.#db = db;
    this.#clock = clock;
    this.#log = log;
    this.#kind = kind;
    this.#deliver = deliver;
  }

  /** Begins to send. A process that does not, such as a command, leaves it to others. */
  start(): void {
    if (this.#stop) return;
    // What is new is tried whatever became of what went before.
    const silence = this.#db.hear('outbox', () => void this.#look({ isNew: true }));
    const timer = setInterval(() => void this.#look(), lookEvery).unref();
    this.#stop = () => {
      silence();
      clearInterval(timer);
    };
    void this.#look();
  }

  /** Begins no more attempts, and waits a moment for those that are under way. */
  async stop(): Promise<void> {
    this.#stop?.();
    this.#stop = null;
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patience);
    });
    await Promise.race([Promise.all(this.#underWay), tooLong]);
    clearTimeout(timer);
  }

  /** Tries all that is due now. @returns when everything that could be tried has been: for tests */
  async sendDue(): Promise<void> {
    await this.#look();
    while (this.#stop && this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Gives up what is too old, in small batches. What was never tried is tried before: a process looks when it starts. */
  async giveUpOld(stop?: AbortSignal): Promise<void> {
    for (const [id, { attempts, lastTriedAt }] of this.#lanes)
      if (attempts === 0 && lastTriedAt < this.#clock() - givenUpAfter) this.#lanes.delete(id);
    for (;;) {
      const given = await deleteOldOutboxEntries(this.#db, this.#kind, this.#clock() - givenUpAfter, batch);
      for (const applicationId of new Set(given))
        this.#logGivenUp(applicationId, given.filter((each) => each === applicationId).length);
      if (given.length < batch || stop?.aborted) return;
    }
  }

  async #look({ isNew = false } = {}): Promise<void> {
    if (!this.#stop) return;
    try {
      const applications = await listDueApplications(this.#db, this.#kind, this.#clock());
      for (const id of applications) this.#enqueue(id, isNew);
      this.#serve();
    } catch (error) {
      this.#log.warn({ err: error }, 'the outbox could not be read; it will be tried again');
    }
  }

  #enqueue(applicationId: Id, isNew: boolean): void {
    const lane = this.#laneOf(applicationId);
    if (lane.restsUntil > this.#clock() && !isNew) return;
    if (lane.attempts < mostFor(lane)) this.#waiting.add(applicationId);
    if (lane.attempts > 0) lane.isAsked ||= isNew;
  }

  /** Begins as many attempts as there may be, one for each application in turn. */
  #serve(): void {
    // One that may have another attempt comes again after the others.
    for (const applicationId of this.#waiting) {
      if (!this.#stop || this.#underWay.size >= mostAtATime) return;
      const lane = this.#laneOf(applicationId);
      if (isHeldBack(lane) && this.#underWayToSlow >= mostToSlow) continue;
      this.#waiting.delete(applicationId);
      if (lane.attempts < mostFor(lane)) this.#begin(applicationId, lane);
      if (lane.attempts < mostFor(lane)) this.#waiting.add(applicationId);
    }
  }

  #laneOf(applicationId: Id): Lane {
    return this.#lanes.get(applicationId) ?? newLane();
  }

  #begin(applicationId: Id, lane: Lane): void {
    this.#lanes.set(applicationId, lane);
    const toSlow = isHeldBack(lane) ? 1 : 0;
    lane.attempts++;
    this.#underWayToSlow += toSlow;
    lane.isAsked = false;
    const work = this.#workThrough(applicationId, lane).finally(() => {
      lane.attempts--;
      this.#underWayToSlow -= toSlow;
      this.#underWay.delete(work);
      if (lane.attempts === 0 && !isHeldBack(lane)) this.#lanes.delete(applicationId);
      this.#serve();
      if (lane.isAsked) void this.#look({ isNew: true });
    });
    this.#underWay.add(work);
  }

  /** One thing after another for an application, until nothing is due, an attempt fails, or it is another's turn. */
  async #workThrough(applicationId: Id, lane: Lane): Promise<void> {
    try {
      while (this.#stop) {
        const now = this.#clock();
        const entry = await claimOutboxEntry(this.#db, this.#kind, applicationId, now, now + lease);
        if (!entry || !(await this.#attempt(entry, lane))) {
          // No other turn either: what was written since is asked for.
          this.#waiting.delete(applicationId);
          return;
        }
        if (this.#waiting.size > 0) {
          this.#waiting.add(applicationId);
          return;
        }
      }
    } catch (error) {
      this.#log.warn({ err: error }, 'the outbox could not be written; it will be tried again');
    }
  }

  /** @returns whether the application answers */
  async #attempt(entry: OutboxEntry, lane: Lane): Promise<boolean> {
    const began = performance.now();
    const delivery = await this.#deliver(entry).catch(
      (error: unknown): Delivery => ({ outcome: 'failed', reason: String(error) }),
    );
    lane.isSlow = performance.now() - began > slowFrom;
    lane.lastTriedAt = this.#clock();
    if (delivery.outcome === 'delivered' || delivery.outcome === 'moot') {
      lane.failuresInARow = 0;
      lane.restsUntil = 0;
      await deleteOutboxEntry(this.#db, entry);
      return true;
    }
    const { outcome, reason } = delivery;
    const { applicationId } = entry;
    const again = this.#clock() + pauseAfter(entry.attempts);
    const isNews = lane.failuresInARow === 0;
    this.#log[isNews ? 'warn' : 'debug'](
      { applicationId, kind: this.#kind, attempts: entry.attempts, reason },
      'not delivered; it will be tried again',
    );
    if (again >= entry.createdAt + givenUpAfter) {
      await deleteOutboxEntry(this.#db, entry);
      this.#logGivenUp(applicationId, 1);
    } else {
      await postponeOutboxEntry(this.#db, entry, again);
      this.#lookIn(pauseAfter(entry.attempts));
    }
    if (outcome === 'refused') return true;
    // One that began beside another that failed says the same once more.
    if (lane.restsUntil <= this.#clock()) {
      lane.failuresInARow++;
      lane.restsUntil = this.#clock() + pauseAfter(lane.failuresInARow);
    }
    return false;
  }

  #lookIn(milliseconds: number): void {
    // Whatever is later is found by the look that comes anyway.
    if (milliseconds < lookEvery) setTimeout(() => void this.#look(), milliseconds).unref();
  }

  #logGivenUp(applicationId: Id, count: number): void {
    this.#log.warn({ applicationId, kind: this.#kind, count }, 'given up in the outbox after an hour');
  }
}

function newLane(): Lane {
  return { attempts: 0, isAsked: false, failuresInARow: 0, restsUntil: 0, isSlow: false, lastTriedAt: 0 };
}

function mostFor({ failuresInARow }: Lane): number {
  return failuresInARow > 0 ? 1 : mostForOne;
}

/** Whether it shares its attempts with the other slow ones. */
function isHeldBack({ failuresInARow, isSlow }: Lane): boolean {
  return failuresInARow > 0 || isSlow;
}

function pauseAfter(failures: number): number {
  return pauses[Math.min(failures, pauses.length) - 1] ?? 0;
}
