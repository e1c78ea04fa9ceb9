import { availableParallelism } from 'node:os';

/** A core stays free for everybody who does not sign in at this moment. */
const atOnce = Math.max(1, availableParallelism() - 1);

let running = 0;
const waiting: (() => void)[] = [];

/**
 * Runs work that keeps a thread of the pool busy for long, as a password hash does: no more at once than there are cores to spare,
 * the others in turn. So people who sign in wait for each other, and the thread that answers requests for none of them.
 */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}
