import type { Services } from './services.ts';
import { system } from './store/audit-events.ts';
import { listInstances } from './store/instances.ts';
import { tidy } from './store/tidy.ts';
import { MINUTE } from './units.ts';

const every = MINUTE;

/** What a process does by itself: tidying up, and rotating signing keys that are due. @returns how to stop it */
export function startBackgroundWork(services: Services): () => Promise<void> {
  let stopped = false;
  let running: Promise<void> = Promise.resolve();

  const round = async () => {
    try {
      while (!stopped && (await tidy(services.db, services.clock())) > 0);
      for (const instance of await listInstances(services.db))
        if (!stopped) await services.signingKeys.rotate(instance.id, system, { onlyIfDue: true });
    } catch (error) {
      services.log.warn({ err: error }, 'background work failed; it will be tried again');
    }
  };
  const timer = setInterval(() => {
    running = running.then(round);
  }, every).unref();

  return async () => {
    stopped = true;
    clearInterval(timer);
    await running;
  };
}
