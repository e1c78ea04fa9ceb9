import { hash, verify } from '@node-rs/argon2';
import { randomToken } from '../master-secret.ts';
import { inTurn } from './slow-work.ts';

const shortest = 12;
const longest = 256;

/** Argon2id (the library's default) with 19 MiB, 2 passes, 1 lane: the first choice of OWASP's cheat sheet. */
const cost = { memoryCost: 19456, timeCost: 2, parallelism: 1 };

/** Whether a password has 12 to 256 characters (code points): the only rule there is. */
export function isAcceptablePassword(password: string): boolean {
  if (password.length > 2 * longest) return false;
  const { length } = [...password];
  return length >= shortest && length <= longest;
}

/** Takes some 20 ms of a thread of the pool; never inside a transaction. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password.normalize('NFC'), cost));
}

let nobody: Promise<string> | undefined;

/**
 * Whether this is the password behind the hash.
 * @param passwordHash null for a user that does not exist: takes as long, and is false
 */
export async function verifyHash(passwordHash: string | null, password: string): Promise<boolean> {
  nobody ??= hashPassword(randomToken());
  const someHash = await nobody;
  const verified = await inTurn(() => verify(passwordHash ?? someHash, password.normalize('NFC')));
  return verified && passwordHash !== null;
}
