import type { Services } from './services.ts';
import { system } from './store/audit-events.ts';
import { listInstances } from './store/instances.ts';
import { tidy } from './store/tidy.ts';
import { MINUTE } from './units.ts';

const every = MINUTE;

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
  for (const instance of await listInstances(services.db))
    if (!stop?.aborted) await services.signingKeys.rotate(instance.id, system, { onlyIfDue: true });
}
