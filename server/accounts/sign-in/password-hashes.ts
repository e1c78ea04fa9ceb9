import { hashSync, verifySync } from '@node-rs/argon2';

// Runs in threads of its own, which passwords.ts starts, and keeps them busy: what is asynchronous would run in the threads of all others.

/** Argon2id (the library's default) with 19 MiB, 2 passes, 1 lane: the first choice of OWASP's cheat sheet. */
const cost = { memoryCost: 19456, timeCost: 2, parallelism: 1 };

/** Some 20 ms of work. Accents count alike however they are composed. */
export function hashPassword(password: string): string {
  return hashSync(password.normalize('NFC'), cost);
}

/** As long as a new hash takes, and half as long again for a password of nothing but accents. */
export function verifyPassword(given: { hash: string; password: string }): boolean {
  return verifySync(given.hash, given.password.normalize('NFC'));
}
