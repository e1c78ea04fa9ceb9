import { type MasterSecret, randomToken } from '../base/master-secret.ts';
import type { User } from '../model/user.ts';

/** So many users of one browser are kept, those who signed in last; the cookie has 440 bytes with them. */
const mostUsers = 5;

/**
 * The value of a cookie that says: these users have signed in with this browser before. It opens nothing; tries of their
 * passwords there are counted by themselves, so that strangers elsewhere cannot make the owners wait.
 * @param user who signs in now
 * @param before the value that came with the request, whose entries stay
 */
export function writeKnownBrowser(secret: MasterSecret, user: User, before: string | undefined): string {
  const entries = readEntries(before);
  const own = entries.find((entry) => isOf(secret, user, entry)) ?? newEntry(secret, user);
  return [own, ...entries.filter((entry) => entry.id !== own.id)]
    .slice(0, mostUsers)
    .map(({ id, mac }) => `${id}.${mac}`)
    .join('~');
}

/**
 * What the browser is known by.
 * @returns undefined when nothing in the value was made for this user
 */
export function readKnownBrowser(
  secret: MasterSecret,
  user: User,
  value: string | undefined,
): string | undefined {
  return readEntries(value).find((entry) => isOf(secret, user, entry))?.id;
}

/** One user's part of the cookie: a random value, and a MAC over it and the user. */
interface Entry {
  readonly id: string;
  readonly mac: string;
}

function newEntry(secret: MasterSecret, user: User): Entry {
  const id = randomToken();
  return { id, mac: secret.mac('known-browser', macInput(user, id)).toString('base64url') };
}

function isOf(secret: MasterSecret, user: User, { id, mac }: Entry): boolean {
  return secret.verifyMac('known-browser', macInput(user, id), Buffer.from(mac, 'base64url'));
}

/** Nothing where the value is not as it was written. */
function readEntries(value = ''): Entry[] {
  const entries = value.split('~', mostUsers + 1).map((text) => {
    const [, id, mac] = /^([\w-]{43})\.([\w-]{43})$/.exec(text) ?? [];
    return id !== undefined && mac !== undefined ? { id, mac } : undefined;
  });
  return entries.length <= mostUsers && entries.every((entry) => entry !== undefined) ? entries : [];
}

function macInput(user: User, id: string): string {
  return `${user.instanceId} ${user.id} ${id}`;
}
