import type { Id } from './ids.ts';
import type { Services } from './services.ts';
import { system } from './store/audit-events.ts';
import { listInstances } from './store/instances.ts';
import { tidy, tidyAuditEvents, tidyExpiredAuthorizations } from './store/tidy.ts';
import { DAY, MINUTE } from './units.ts';

const every = MINUTE;

/** How far each process has looked through the authorizations for expired ones. */
const lookedUpTo = new WeakMap<Services, Id>();

/** What a process does by itself, once a minute until it is told to stop. @returns how to stop it */
export function startBackgroundWork(services: Services): () => Promise<void> {
  const stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = running
      .then(() => workOnce(services, stop.signal))
      .catch((error: unknown) =>
        services.log.warn({ err: error }, 'background work failed; it will be tried again'),
      );
  }, every).unref();

  return async () => {
    stop.abort();
    clearInterval(timer);
    await running;
  };
}

/** Tidies up what nobody can need any more, and rotates the signing keys that are due. */
export async function workOnce(services: Services, stop?: AbortSignal): Promise<void> {
  while (!stop?.aborted && (await tidy(services.db, services.clock())) > 0);
  await tidySomeAuthorizations(services);
  const retention = services.config.auditRetention;
  for (const instance of await listInstances(services.db)) {
    const before = services.clock() - (retention ?? 0) * DAY;
    if (retention !== null)
      while (!stop?.aborted && (await tidyAuditEvents(services.db, instance.id, before)) > 0);
    if (!stop?.aborted) await services.signingKeys.rotate(instance.id, system, { onlyIfDue: true });
  }
}

async function tidySomeAuthorizations(services: Services): Promise<void> {
  const after = lookedUpTo.get(services);
  const reached = await tidyExpiredAuthorizations(services.db, services.clock(), after);
  if (reached === undefined) lookedUpTo.delete(services);
  else lookedUpTo.set(services, reached);
}
