import { fromBase64url } from '../base/base64url.ts';
import type { Id } from '../base/ids.ts';
import { type MasterSecret, randomToken } from '../base/master-secret.ts';

/** So many users of one browser are kept, those who signed in last; the cookie has 440 bytes with them. */
const mostUsers = 5;

/** A user for whom a browser is known, by the password that they have: after another one it is a stranger's. */
export interface PasswordOfUser {
  readonly instanceId: Id;
  readonly userId: Id;
  readonly passwordHash: string;
}

/**
 * The value of a cookie that says: these users have signed in with this browser before. It opens nothing; tries of their
 * passwords there are counted by themselves, so that strangers elsewhere cannot make the owners wait.
 * @param owner who signs in now
 * @param before the value that came with the request, whose entries stay
 */
export function writeKnownBrowser(
  secret: MasterSecret,
  owner: PasswordOfUser,
  before: string | undefined,
): string {
  const entries = readEntries(before);
  const own = entries.find((entry) => isOf(secret, owner, entry)) ?? newEntry(secret, owner);
  return [own, ...entries.filter((entry) => entry.id !== own.id)]
    .slice(0, mostUsers)
    .map(({ id, mac }) => `${id}.${mac}`)
    .join('~');
}

/**
 * What the browser is known by.
 * @returns undefined when nothing in the value was made for this user and this password
 */
export function readKnownBrowser(
  secret: MasterSecret,
  owner: PasswordOfUser,
  value: string | undefined,
): string | undefined {
  return readEntries(value).find((entry) => isOf(secret, owner, entry))?.id;
}

/** One user's part of the cookie: a random value, and a MAC over it, the user and their password's hash. */
interface Entry {
  readonly id: string;
  readonly mac: string;
}

function newEntry(secret: MasterSecret, owner: PasswordOfUser): Entry {
  const id = randomToken();
  return { id, mac: secret.mac('known-browser', macInput(owner, id)).toString('base64url') };
}

function isOf(secret: MasterSecret, owner: PasswordOfUser, { id, mac }: Entry): boolean {
  const bytes = fromBase64url(mac);
  return bytes !== undefined && secret.verifyMac('known-browser', macInput(owner, id), bytes);
}

/** Nothing where the value is not as it was written. */
function readEntries(value = ''): Entry[] {
  const entries = value.split('~', mostUsers + 1).map((text) => {
    const [, id, mac] = /^([\w-]{43})\.([\w-]{43})$/.exec(text) ?? [];
    return id !== undefined && mac !== undefined ? { id, mac } : undefined;
  });
  return entries.length <= mostUsers && entries.every((entry) => entry !== undefined) ? entries : [];
}

function macInput({ instanceId, userId, passwordHash }: PasswordOfUser, id: string): string {
  return `${instanceId} ${userId} ${id} ${passwordHash}`;
}
