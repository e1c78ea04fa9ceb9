import { SECOND } from '../base/units.ts';
import { DatabaseUnavailable } from '../store/engine/database.ts';

const last = new Map<string, Promise<unknown>>();

/** How long somebody waits for those before them; then they go on at the same time. */
const patience = 8 * SECOND;

/**
 * Does the works of one key one after the other, within this process.
 * @throws DatabaseUnavailable at once when the work before failed so: each would wait as long in vain, one after the other
 */
export async function oneAtATime<T>(key: string, work: () => Promise<T>): Promise<T> {
  const before = last.get(key);
  const mine = (async () => {
    if (before) await settledOrLate(before);
    return work();
  })();
  last.set(key, mine);
  try {
    return await mine;
  } finally {
    if (last.get(key) === mine) last.delete(key);
  }
}

let turn = 0;

/**
 * Does so many works of one key at once, within this process, and the others after them.
 * @throws DatabaseUnavailable as `oneAtATime` does
 */
export function fewAtATime<T>(key: string, atOnce: number, work: () => Promise<T>): Promise<T> {
  turn = (turn + 1) % atOnce;
  return oneAtATime(`${key} ${turn}`, work);
}

function settledOrLate(work: Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, patience);
    const done = (error?: unknown) => {
      clearTimeout(timer);
      if (error instanceof DatabaseUnavailable) reject(error);
      else resolve();
    };
    work.then(() => done(), done);
  });
}
