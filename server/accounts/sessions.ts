import { type Id, newId } from '../base/ids.ts';
import { randomToken, sha256 } from '../base/master-secret.ts';
import { DAY, HOUR, type Instant, MINUTE } from '../base/units.ts';
import type { Core } from '../core.ts';
import { type Authentication, lastAuthenticatedAt } from '../model/authentication.ts';
import type { Instance } from '../model/instance.ts';
import type { Role, User } from '../model/user.ts';
import type { Transaction } from '../store/engine/database.ts';
import {
  deleteSession,
  deleteSessionByToken,
  deleteSessionsOfUser,
  findStoredSession,
  insertSession,
  listSessions,
  replaceSessionToken,
  type StoredSession,
  touchSession,
} from '../store/sessions.ts';

/** A browser in which somebody is signed in. */
export interface Session {
  readonly id: Id;
  readonly user: User;
  /** When they signed in. */
  readonly createdAt: Instant;
  /** How they showed who they are: then, and later for something dangerous. */
  readonly authentications: readonly Authentication[];
  /** When they last did. */
  readonly authenticatedAt: Instant;
  /** Digest of the authorization request that they signed in for, as long as it has had no answer by that sign-in. */
  readonly signedInFor: Uint8Array | null;
  readonly lastSeenAt: Instant;
}

/** Milliseconds after which a session ends, unused or in any case. */
export const sessionLimits: Record<Role, { readonly idle: number; readonly absolute: number }> = {
  administrator: { idle: 30 * MINUTE, absolute: 12 * HOUR },
  user: { idle: 14 * DAY, absolute: 90 * DAY },
};

/** The longest that any session can lie unused. In milliseconds. */
export const longestIdle = Math.max(...Object.values(sessionLimits).map(({ idle }) => idle));

/** Pages ask for several things at once; a use this soon after another tells nothing new. In milliseconds. */
const noteEvery = 100;

/**
 * The session behind a cookie's value, which counts as its user's activity.
 * @returns null when there is none, it has ended (by the user's present role), or the user is deactivated
 */
export async function findSession(core: Core, instance: Instance, token: string): Promise<Session | null> {
  if (token.length !== 43) return null;
  const found = await findStoredSession(core.db, instance.id, sha256(token));
  const now = core.clock();
  if (!found?.user.active || hasEnded(found.session, found.user.role, now)) return null;
  const { session, user } = found;
  const noted = now - session.lastSeenAt < noteEvery;
  if (!noted) await touchSession(core.db, session, now);
  return {
    id: session.id,
    user: noted ? user : { ...user, lastActiveAt: now },
    createdAt: session.createdAt,
    authentications: session.authentications,
    authenticatedAt: lastAuthenticatedAt(session.authentications),
    signedInFor: session.signedInFor,
    lastSeenAt: noted ? session.lastSeenAt : now,
  };
}

function hasEnded(session: StoredSession, role: Role, now: Instant): boolean {
  const { idle, absolute } = sessionLimits[role];
  return now >= session.lastSeenAt + idle || now >= session.createdAt + absolute;
}

/**
 * Begins a session and ends the one that the browser had before.
 * @param replaces the value of the cookie that came with the request
 * @returns the new value of the cookie, which is kept nowhere else
 */
export async function startSession(
  tx: Transaction,
  now: Instant,
  {
    user,
    authentications,
    ip,
    userAgent,
    replaces,
    signedInFor,
  }: {
    user: User;
    authentications: readonly Authentication[];
    ip: string;
    userAgent: string;
    replaces: string | undefined;
    signedInFor?: Buffer | undefined;
  },
): Promise<string> {
  const token = randomToken();
  if (replaces !== undefined) await deleteSessionByToken(tx, user.instanceId, sha256(replaces));
  const session: StoredSession = {
    id: newId(now),
    instanceId: user.instanceId,
    userId: user.id,
    createdAt: now,
    lastSeenAt: now,
    authentications,
    signedInFor: signedInFor ?? null,
    ip,
    userAgent: userAgent.replaceAll(/\p{Cc}/gu, '').slice(0, 512),
  };
  await insertSession(tx, session, sha256(token));
  return token;
}

/**
 * Another value for the cookie of a session that goes on: whoever had copied the one before is out.
 * @param authentication what its user proved themselves by for it; null for nothing
 * @returns the new value; it opens nothing when the session has ended meanwhile
 */
export async function renewSession(
  tx: Transaction,
  user: User,
  sessionId: Id,
  authentication: Authentication | null,
): Promise<string> {
  const token = randomToken();
  const session = { id: sessionId, instanceId: user.instanceId, userId: user.id };
  await replaceSessionToken(tx, session, sha256(token), authentication);
  return token;
}

/** Ends the session of a cookie's value, if there is one. */
export async function endSession(core: Core, instance: Instance, token: string): Promise<void> {
  await core.db.transaction((tx) => deleteSessionByToken(tx, instance.id, sha256(token)));
}

/** The user's live sessions, the one used last first. */
export async function listOwnSessions(core: Core, user: User): Promise<StoredSession[]> {
  const now = core.clock();
  const sessions = await listSessions(core.db, user.instanceId, user.id);
  return sessions.filter((session) => !hasEnded(session, user.role, now));
}

/** Ends one session of the user. */
export async function endOwnSession(core: Core, user: User, id: Id): Promise<void> {
  await core.db.transaction((tx) => deleteSession(tx, user.instanceId, user.id, id));
}

/** Ends all of the user's sessions but the one that asks. */
export async function endOtherSessions(core: Core, session: Session): Promise<void> {
  const { user } = session;
  await core.db.transaction((tx) => deleteSessionsOfUser(tx, user.instanceId, user.id, session.id));
}
