import { TooBusy } from './errors.ts';
import { passwordsAtOnce } from './passwords.ts';

/** Whoever comes after so many would wait for five seconds and more. */
const most = 200 * passwordsAtOnce;

let underWay = 0;

/**
 * Does the work of a sign-in, unless so many are under way that it would take too long: then nothing of it was done.
 * @throws TooBusy
 */
export async function unlessCrowded<T>(work: () => Promise<T>): Promise<T> {
  if (underWay >= most) throw new TooBusy();
  underWay++;
  try {
    return await work();
  } finally {
    underWay--;
  }
}
