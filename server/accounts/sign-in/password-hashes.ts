import { pbkdf2Sync, scryptSync, timingSafeEqual } from 'node:crypto';
import { hashSync, verifySync as verifyArgon2 } from '@node-rs/argon2';
import { compareSync as verifyBcrypt } from '@node-rs/bcrypt';
import { ownHash, readForeignHash } from './password-hash-kinds.ts';

// Runs in threads of its own, which passwords.ts starts, and keeps them busy: what is asynchronous would run in the threads of all others.

/** Argon2id (the library's default) with 19 MiB, 2 passes, 1 lane: the first choice of OWASP's cheat sheet. */
const cost = { memoryCost: 19456, timeCost: 2, parallelism: 1 };

/** Some 20 ms of work. Accents count alike however they are composed. */
export function hashPassword(password: string): string {
  return hashSync(password.normalize('NFC'), cost);
}

/** As long as a new hash takes, and half as long again for a password of nothing but accents; what was imported, as long as its kind. */
export function verifyPassword(given: { hash: string; password: string }): boolean {
  const { hash, password } = given;
  const composed = password.normalize('NFC');
  if (hash.startsWith(ownHash)) return verifyArgon2(hash, composed);
  // Other programs hashed what was typed, as it was typed.
  return verifyForeign(hash, password) || (composed !== password && verifyForeign(hash, composed));
}

function verifyForeign(text: string, password: string): boolean {
  const read = readForeignHash(text);
  switch (read?.kind) {
    case 'argon2':
      return verifyArgon2(text, password);
    case 'bcrypt':
      return verifyBcrypt(password, text);
    case 'scrypt': {
      // Node wants to be told how much memory N, r and p come to, and some more.
      const { N, r, p } = read.cost;
      const maxmem = 128 * N * r + 128 * r * p + 1024 * 1024;
      return timingSafeEqual(
        scryptSync(password, read.salt, read.hash.length, { N, r, p, maxmem }),
        read.hash,
      );
    }
    case 'pbkdf2': {
      const { salt, iterations, hash, digest } = read;
      return timingSafeEqual(pbkdf2Sync(password, salt, iterations, hash.length, digest), hash);
    }
    default:
      return false;
  }
}
