import { availableParallelism, platform } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Piscina } from 'piscina';
import { randomToken } from '../../base/master-secret.ts';
import { SECOND } from '../../base/units.ts';
import { longestPassword } from '../../model/password-rule.ts';
import { noPassword } from '../../store/users.ts';
import { ownHash } from './password-hash-kinds.ts';
import type * as hashes from './password-hashes.ts';

/** How many are hashed at one moment: a core stays free for everybody who does not sign in. */
export const passwordsAtOnce = Math.max(1, availableParallelism() - 1);

/** UTF-16 units in which the longest password can be typed; to fold many thousand accents would take a second. */
const longestUnfolded = 8 * longestPassword;

/** Takes some 20 ms of a thread of its own; never inside a transaction. */
export function hashPassword(password: string): Promise<string> {
  return inOtherThread('hashPassword', password);
}

/** Whether a hash is one that `hashPassword` makes, and not another program's. */
export function isOwnHash(hash: string): boolean {
  return hash.startsWith(ownHash);
}

let nobody: Promise<string> | undefined;

/**
 * Whether this is the password behind the hash.
 * @param passwordHash null for a user that does not exist, `noPassword` for one without: the same work, whatever the password, and false
 */
export async function verifyHash(passwordHash: string | null, password: string): Promise<boolean> {
  const hash = passwordHash === noPassword ? null : passwordHash;
  nobody ??= forgetIfItFails(hashPassword(randomToken()), () => {
    nobody = undefined;
  });
  const nobodys = await nobody;
  const isTooLong = password.length > longestUnfolded;
  const given = { hash: hash ?? nobodys, password: isTooLong ? '' : password };
  return (await inOtherThread('verifyPassword', given)) && hash !== null && !isTooLong;
}

/** What failed once, perhaps for want of memory, is tried again the next time. */
function forgetIfItFails<T>(promise: Promise<T>, forget: () => void): Promise<T> {
  promise.catch(forget);
  return promise;
}

type Hashes = typeof hashes;

let threads: Promise<Piscina> | undefined;

/** People who sign in wait for each other, in turn, and the thread that answers requests waits for none of them. */
async function inOtherThread<Work extends keyof Hashes>(
  work: Work,
  given: Parameters<Hashes[Work]>[0],
): Promise<ReturnType<Hashes[Work]>> {
  threads ??= forgetIfItFails(startThreads(), () => {
    threads = undefined;
  });
  return (await threads).run(given, { name: work });
}

async function startThreads(): Promise<Piscina> {
  const { Piscina } = await import('piscina');
  return new Piscina({
    filename: fileURLToPath(new URL('./password-hashes.ts', import.meta.url)),
    minThreads: 0,
    maxThreads: passwordsAtOnce,
    idleTimeout: 60 * SECOND,
    // Beside requests it gets a quarter of a core. Elsewhere than on Linux it would be the whole process that steps back.
    niceIncrement: platform() === 'linux' ? 5 : 0,
  });
}
