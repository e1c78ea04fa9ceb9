import { type MasterSecret, randomToken } from '../master-secret.ts';
import type { User } from './user.ts';

/**
 * The value of a cookie that says: this user has signed in with this browser before. It opens nothing; tries of the
 * password there are counted by themselves, so that strangers elsewhere cannot make the owner wait.
 * @param before the value that came with the request, which stays when it is this user's already
 */
export function writeKnownBrowser(secret: MasterSecret, user: User, before: string | undefined): string {
  if (before !== undefined && readKnownBrowser(secret, user, before) !== undefined) return before;
  const id = randomToken();
  return `${id}.${secret.mac('known-browser', macInput(user, id)).toString('base64url')}`;
}

/**
 * What the browser is known by.
 * @returns undefined when the value is not one that was made for this user
 */
export function readKnownBrowser(
  secret: MasterSecret,
  user: User,
  value: string | undefined,
): string | undefined {
  const [, id, mac] = /^([\w-]{43})\.([\w-]{43})$/.exec(value ?? '') ?? [];
  if (id === undefined || mac === undefined) return undefined;
  return secret.verifyMac('known-browser', macInput(user, id), Buffer.from(mac, 'base64url'))
    ? id
    : undefined;
}

function macInput(user: User, id: string): string {
  return `${user.instanceId} ${user.id} ${id}`;
}
