import type { Id } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';
import type { Core } from '../core.ts';
import { endsAt } from '../model/session.ts';
import type { Transaction } from '../store/engine/database.ts';
import { insertOutboxEntries } from '../store/outbox.ts';
import {
  type ClientOfEndedSession,
  listSessionsToLookAt,
  lookAgainAt,
  takeClientsOfGoneSessions,
  takeClientsOfSession,
} from '../store/session-clients.ts';

/** Whose session has ended and which, as its applications are told: the payload of the kind `logout`. */
export interface EndedSession {
  /** What tokens called the user; null when that is not known any more, as after a deletion. */
  readonly sub: string | null;
  /** The `sid` of the ID tokens of that session. */
  readonly sid: Id;
}

/**
 * Has the applications told that got an ID token in a session of this user that is not there any more. Called in each transaction that
 * deletes sessions, after they are deleted. A code that is redeemed at this moment may escape it; `tellOfLapsedSessions` finds those.
 */
export async function tellOfEndedSessions(
  tx: Transaction,
  now: Instant,
  instanceId: Id,
  userId: Id,
): Promise<void> {
  await tell(tx, now, await takeClientsOfGoneSessions(tx, instanceId, userId));
}

/** Sessions that are looked at in one transaction. */
const batch = 500;

/**
 * Has the applications told whose sessions are over by age, for want of use, or in a moment in which nobody could see to it. Each session
 * is looked at when it may be over at the earliest: a used one is put off until it may be over again.
 * @param stop ends it after the batch that is under way
 */
export async function tellOfLapsedSessions(
  { db, clock }: Pick<Core, 'db' | 'clock'>,
  stop?: AbortSignal,
): Promise<void> {
  for (;;) {
    const now = clock();
    const sessions = await listSessionsToLookAt(db, now, batch);
    if (sessions.length === 0 || stop?.aborted) return;
    await db.transaction(async (tx) => {
      for (const session of sessions) {
        const end = session.live ? endsAt(session.live, session.live.role) : now;
        if (end > now) await lookAgainAt(tx, session, end);
        else await tell(tx, now, await takeClientsOfSession(tx, session.instanceId, session.id));
      }
    });
  }
}

async function tell(tx: Transaction, now: Instant, clients: readonly ClientOfEndedSession[]): Promise<void> {
  const told = clients.filter(({ isTold }) => isTold);
  await insertOutboxEntries(
    tx,
    now,
    'logout',
    told.map(({ instanceId, applicationId, sessionId, subject }) => ({
      instanceId,
      applicationId,
      payload: { sub: subject, sid: sessionId } satisfies EndedSession,
    })),
  );
}
