import { tellOfLapsedSessions } from '../accounts/session-ends.ts';
import type { Id } from '../base/ids.ts';
import { DAY, MINUTE } from '../base/units.ts';
import { system } from '../model/event.ts';
import { longestIdle } from '../model/session.ts';
import { signingAlgorithms } from '../model/signing-algorithm.ts';
import { listInstances } from '../store/instances.ts';
import { tidied, tidy, tidyAuditEvents, tidyExpiredAuthorizations } from '../store/tidy.ts';
import type { ProcessServices } from './open-services.ts';

const every = MINUTE;

/** How far each process has looked through the authorizations for expired ones. */
const lookedUpTo = new WeakMap<ProcessServices, Id>();

/** What a process does by itself, once a minute until it is told to stop. @returns how to stop it */
export function startBackgroundWork(services: ProcessServices): () => Promise<void> {
  const stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = running.then(() => workOnce(services, stop.signal));
  }, every).unref();

  return async () => {
    stop.abort();
    clearInterval(timer);
    await running;
  };
}

/**
 * Has applications told of sessions that are over, tidies up what nobody can need any more, and rotates the signing keys that are due.
 * What fails is logged, keeps nothing else from being done, and is tried again the next time.
 */
export async function workOnce(services: ProcessServices, stop?: AbortSignal): Promise<void> {
  const { db, clock, config, signingKeys } = services;
  const attempt = async (job: string, work: () => Promise<unknown>): Promise<void> => {
    if (stop?.aborted) return;
    try {
      await work();
    } catch (error) {
      services.log.warn({ err: error, job }, 'background work failed; it will be tried again');
    }
  };

  await attempt('telling of sessions that are over', () => tellOfLapsedSessions(services, stop));
  await attempt('giving up what is too old in the outbox', () => services.outbox.giveUpOld(stop));
  await Promise.all(
    tidied.map((what) => attempt(`tidying ${what}`, () => tidy(db, what, clock(), longestIdle, stop))),
  );
  await attempt('tidying expired authorizations', () => tidySomeAuthorizations(services));
  await attempt('listing instances', async () => {
    for (const { id, name } of await listInstances(db)) {
      if (config.auditRetention !== null) {
        const before = clock() - config.auditRetention * DAY;
        await attempt(`tidying audit_events of ${name}`, () => tidyAuditEvents(db, id, before, stop));
      }
      for (const algorithm of signingAlgorithms)
        await attempt(`rotating ${algorithm} signing keys of ${name}`, () =>
          signingKeys.rotate(id, algorithm, system, { onlyIfDue: true }),
        );
    }
  });
}

async function tidySomeAuthorizations(services: ProcessServices): Promise<void> {
  const after = lookedUpTo.get(services);
  const reached = await tidyExpiredAuthorizations(services.db, services.clock(), after);
  if (reached === undefined) lookedUpTo.delete(services);
  else lookedUpTo.set(services, reached);
}
