import { perform } from '../authorizations/act.ts';
import { type Id, newId } from '../base/ids.ts';
import { randomToken, sha256 } from '../base/master-secret.ts';
import type { Instant } from '../base/units.ts';
import type { Core } from '../core.ts';
import { recordAuditEvent } from '../events/record.ts';
import type { Act } from '../model/act.ts';
import { type Authentication, lastAuthenticatedAt, lastToldAt } from '../model/authentication.ts';
import type { By } from '../model/event.ts';
import type { Instance } from '../model/instance.ts';
import { hasEnded } from '../model/session.ts';
import type { User } from '../model/user.ts';
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
import { tellOfEndedSessions } from './session-ends.ts';

/** A browser in which somebody is signed in. */
export interface Session {
  readonly id: Id;
  /** SHA-256 of the cookie's value: whoever has an earlier value is not in this session any more. */
  readonly tokenHash: Buffer;
  readonly user: User;
  /** When they signed in. */
  readonly createdAt: Instant;
  /** How they showed who they are: then, and later for something dangerous. */
  readonly authentications: readonly Authentication[];
  /** When they last did. */
  readonly authenticatedAt: Instant;
  /** The same as far as it is known: a provider may not tell when its user signed in. Null for not at all. */
  readonly toldAt: Instant | null;
  /** Digest of the authorization request that they signed in for, as long as it has had no answer by that sign-in. */
  readonly signedInFor: Uint8Array | null;
  readonly lastSeenAt: Instant;
}

/** Pages ask for several things at once; a use this soon after another tells nothing new. In milliseconds. */
const noteEvery = 100;

/**
 * The session behind a cookie's value, which counts as its user's activity.
 * @returns null when there is none, it has ended (by the user's present role), or the user is deactivated
 */
export async function findSession(core: Core, instance: Instance, token: string): Promise<Session | null> {
  if (token.length !== 43) return null;
  const tokenHash = sha256(token);
  const found = await findStoredSession(core.db, instance.id, tokenHash);
  const now = core.clock();
  if (!found?.user.active || hasEnded(found.session, found.user.role, now)) return null;
  const { session, user } = found;
  const noted = now - session.lastSeenAt < noteEvery;
  if (!noted) await touchSession(core.db, session, now);
  return {
    id: session.id,
    tokenHash,
    user: noted ? user : { ...user, lastActiveAt: now },
    createdAt: session.createdAt,
    authentications: session.authentications,
    authenticatedAt: lastAuthenticatedAt(session.authentications),
    toldAt: lastToldAt(session.authentications),
    signedInFor: session.signedInFor,
    lastSeenAt: noted ? session.lastSeenAt : now,
  };
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
  if (replaces !== undefined) {
    const replaced = await deleteSessionByToken(tx, user.instanceId, sha256(replaces));
    if (replaced !== undefined) await tellOfEndedSessions(tx, now, user.instanceId, replaced);
  }
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

/** Why sessions end that were not over by themselves, as the audit log tells it. */
export type SessionEnd =
  | 'signed_out'
  | 'by_request'
  | 'password_changed'
  | 'user_deactivated'
  | 'user_deleted'
  | 'role_lost'
  | 'identity_unlinked';

/**
 * Signs out: ends the session of a cookie's value, if there is one.
 * @param askedBy the application that asked for it; null where its user did so here
 */
export async function endSession(
  core: Core,
  instance: Instance,
  token: string,
  ip: string,
  askedBy: Id | null = null,
): Promise<void> {
  await core.db.transaction(async (tx) => {
    const now = core.clock();
    const userId = await deleteSessionByToken(tx, instance.id, sha256(token));
    if (userId === undefined) return;
    const by: By = { instanceId: instance.id, actor: { type: 'user', id: userId }, ip };
    await followEnd(tx, now, by, userId, 1, 'signed_out', askedBy);
  });
}

/**
 * Ends the sessions of a user within the transaction that is the reason for it.
 * @param except the one that goes on
 */
export async function endSessionsOfUser(
  tx: Transaction,
  now: Instant,
  by: By,
  userId: Id,
  because: SessionEnd,
  except?: Id,
): Promise<void> {
  const ended = await deleteSessionsOfUser(tx, by.instanceId, userId, except);
  await followEnd(tx, now, by, userId, ended, because);
}

/**
 * Ends the sessions of a user in which a provider said who they are, within the transaction that took that from it.
 * @param except the one that goes on
 */
export async function endSessionsByProvider(
  tx: Transaction,
  now: Instant,
  by: By,
  userId: Id,
  providerId: Id,
  except?: Id,
): Promise<void> {
  let ended = 0;
  for (const { id, authentications } of await listSessions(tx, by.instanceId, userId))
    if (id !== except && authentications.some(({ credentialId }) => credentialId === providerId))
      ended += await deleteSession(tx, by.instanceId, userId, id);
  await followEnd(tx, now, by, userId, ended, 'identity_unlinked');
}

/**
 * What follows when somebody ended sessions of a user: the applications are told, and one event tells of all that ended together. Nothing
 * follows from nothing.
 */
async function followEnd(
  tx: Transaction,
  now: Instant,
  by: By,
  userId: Id,
  sessions: number,
  because: SessionEnd,
  applicationId: Id | null = null,
): Promise<void> {
  if (sessions === 0) return;
  await tellOfEndedSessions(tx, now, by.instanceId, userId);
  const detail = { sessions, because };
  await recordAuditEvent(tx, now, { ...by, type: 'session.ended', applicationId, userId, detail });
}

/** The user's live sessions, the one used last first. */
export async function listOwnSessions(core: Core, user: User): Promise<StoredSession[]> {
  const now = core.clock();
  const sessions = await listSessions(core.db, user.instanceId, user.id);
  return sessions.filter((session) => !hasEnded(session, user.role, now));
}

/** Ends one of one's own sessions. @throws Refusal of an act (`perform`) */
export async function endOwnSession(core: Core, act: Act, userId: Id, id: Id): Promise<void> {
  await perform(core, act, { authority: { self: userId } }, async ({ tx, now }) => {
    const ended = await deleteSession(tx, act.instanceId, userId, id);
    await followEnd(tx, now, act, userId, ended, 'by_request');
  });
}

/** Ends every session of a user. @throws Refusal of an act (`perform`) */
export async function endAllSessions(core: Core, act: Act, userId: Id): Promise<void> {
  const changesUser = act.actor.id === userId ? undefined : userId;
  await perform(core, act, { authority: 'administrator', alone: true, changesUser }, ({ tx, now }) =>
    endSessionsOfUser(tx, now, act, userId, 'by_request'),
  );
}

/** Ends all of one's own sessions but the one that asks. @throws Refusal of an act (`perform`) */
export async function endOtherSessions(core: Core, act: Act, session: Session): Promise<void> {
  await perform(core, act, { authority: { self: session.user.id } }, ({ tx, now }) =>
    endSessionsOfUser(tx, now, act, session.user.id, 'by_request', session.id),
  );
}
