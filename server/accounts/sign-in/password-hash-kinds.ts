/** How a hash begins that `hashPassword` makes. */
export const ownHash = '$argon2id$v=19$m=19456,t=2,p=1$';

/** A hash that another program made, taken apart as far as its check needs. */
export type ForeignHash =
  | { readonly kind: 'argon2' | 'bcrypt' }
  | {
      readonly kind: 'scrypt';
      readonly salt: Buffer;
      readonly hash: Buffer;
      readonly cost: { readonly N: number; readonly r: number; readonly p: number };
    }
  | {
      readonly kind: 'pbkdf2';
      readonly salt: Buffer;
      readonly hash: Buffer;
      readonly digest: string;
      readonly iterations: number;
    };

/** What a check of one password may cost, so that no hash that somebody brings keeps a thread for minutes or fills the memory. */
const most = {
  memory: 256 * 1024 * 1024,
  argon2Passes: 16,
  lanes: 16,
  bcryptCost: 15,
  iterations: 5_000_000,
};

const argon2 =
  /^\$argon2(?:id|i|d)\$(?:v=(?:16|19)\$)?m=(\d{1,10}),t=(\d{1,5}),p=(\d{1,3})\$[A-Za-z0-9+/]{11,128}\$[A-Za-z0-9+/]{16,128}$/;
const bcrypt = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
const scrypt =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/.]{1,128})\$([A-Za-z0-9+/.]{16,128})$/;
const pbkdf2 =
  /^\$pbkdf2(?:-(sha1|sha256|sha512))?\$(?:i=)?(\d{1,8})(?:,l=\d{1,3})?\$([A-Za-z0-9+/.]{1,256})\$([A-Za-z0-9+/.]{16,128})$/;

/**
 * Reads a hash as other programs write it: PHC strings of argon2, scrypt and PBKDF2 (those of passlib too), and bcrypt (`$2a$`, `$2b$`, `$2y$`).
 * @returns undefined for every other, and for one whose check would cost too much
 */
export function readForeignHash(text: string): ForeignHash | undefined {
  const byArgon2 = argon2.exec(text);
  if (byArgon2) {
    const [memory, passes, lanes] = byArgon2.slice(1).map(Number) as [number, number, number];
    const isBearable =
      memory >= 8 * lanes &&
      memory * 1024 <= most.memory &&
      passes >= 1 &&
      passes <= most.argon2Passes &&
      lanes >= 1 &&
      lanes <= most.lanes;
    return isBearable ? { kind: 'argon2' } : undefined;
  }
  const byBcrypt = bcrypt.exec(text);
  if (byBcrypt) {
    const cost = Number(byBcrypt[1]);
    return cost >= 4 && cost <= most.bcryptCost ? { kind: 'bcrypt' } : undefined;
  }
  const byScrypt = scrypt.exec(text);
  if (byScrypt) {
    const [ln, r, p] = byScrypt.slice(1, 4).map(Number) as [number, number, number];
    const isBearable =
      ln >= 1 && ln <= 24 && r >= 1 && p >= 1 && p <= most.lanes && 128 * 2 ** ln * r <= most.memory;
    if (!isBearable) return undefined;
    const [salt, hash] = [bytesOf(byScrypt[4]), bytesOf(byScrypt[5])];
    return { kind: 'scrypt', salt, hash, cost: { N: 2 ** ln, r, p } };
  }
  const byPbkdf2 = pbkdf2.exec(text);
  if (byPbkdf2) {
    const iterations = Number(byPbkdf2[2]);
    if (iterations < 1 || iterations > most.iterations) return undefined;
    const [salt, hash] = [bytesOf(byPbkdf2[3]), bytesOf(byPbkdf2[4])];
    return { kind: 'pbkdf2', salt, hash, digest: byPbkdf2[1] ?? 'sha1', iterations };
  }
  return undefined;
}

/** Base64, where passlib writes `.` for `+`. */
function bytesOf(text: string | undefined): Buffer {
  return Buffer.from((text ?? '').replaceAll('.', '+'), 'base64');
}
