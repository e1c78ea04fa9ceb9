import { type Deed, perform, type Takes } from '../authorizations/act.ts';
import { endEverythingOfUser } from '../authorizations/end.ts';
import { firstIdOf, type Id } from '../base/ids.ts';
import { MINUTE } from '../base/units.ts';
import type { Core } from '../core.ts';
import { recordAuditEvent } from '../events/record.ts';
import type { Act } from '../model/act.ts';
import { requireRecentAuthentication } from '../model/recent-authentication.ts';
import {
  type EventsThatName,
  type EventThatNames,
  eventsThatName,
  forgetPersonInEvents,
  listEventsThatName,
} from '../store/audit-events.ts';
import type { Transaction } from '../store/engine/database.ts';
import { deleteUserRow, lockUser } from '../store/users.ts';
import { tellOfEndedSessions } from './session-ends.ts';
import { endSessionsOfUser } from './sessions.ts';
import { refuseLastAdministrator, userNotFound } from './users.ts';

/**
 * Deletes a user for good: sessions end, with their applications told; authorizations, codes and consents are gone, and so is the row. What the
 * audit log holds of them keeps the ID and nothing that names the person: no email address, and no IP address that they came from.
 * @throws Refusal `user_not_found`, `last_administrator`, `reauthentication_required`, and those of an act (`perform`)
 */
export async function deleteUser(core: Core, act: Act, userId: Id): Promise<void> {
  const isOwn = act.actor.id === userId;
  const takes: Takes = { authority: 'administrator', alone: true, changesUser: isOwn ? undefined : userId };
  const check = async ({ tx, now, authenticatedAt }: Deed) => {
    const found = await lockUser(tx, act.instanceId, userId);
    if (!found) throw userNotFound();
    requireRecentAuthentication(authenticatedAt, now);
    await refuseLastAdministrator(tx, found.user);
  };
  const rest = await forgetMostEvents(core, act, takes, userId, check);
  await perform(core, act, takes, async (deed) => {
    await check(deed);
    const { tx, now } = deed;
    await endEverythingOfUser(tx, now, act, userId);
    // After the codes, as a redemption writes them: two that meet never wait for each other crosswise.
    await endSessionsOfUser(tx, now, act, userId, 'user_deleted');
    // Of sessions that were over before and whose applications nobody has told yet: later nobody knows what tokens called the user.
    await tellOfEndedSessions(tx, now, act.instanceId, userId);
    await deleteUserRow(tx, act.instanceId, userId);
    await recordAuditEvent(tx, now, { ...act, type: 'user.deleted', userId });
    // Last, with what was recorded just now.
    for (const events of eventsThatName) await forgetRest(tx, act.instanceId, userId, events, rest[events]);
  });
}

/** So many events are forgotten at a time: few enough that a transaction ends in time on any network. */
const batch = 500;
/** Clocks of processes may differ by this much, and the IDs that they make. */
const skew = MINUTE;

/** After which ID there may be something to forget. */
type Rest = Readonly<Record<EventsThatName, Id>>;

/**
 * Forgets the person in whole batches of events, each in a transaction of its own, until few are left: strangers make as many events about a
 * user as they fail to sign in, and who does that for months must not make the user undeletable. When it fails half-way, another call
 * goes on.
 * @param check throws what keeps the user from being deleted
 */
async function forgetMostEvents(
  core: Core,
  act: Act,
  takes: Takes,
  userId: Id,
  check: (deed: Deed) => Promise<void>,
): Promise<Rest> {
  const lately = firstIdOf(core.clock() - skew);
  const forgetMost = async (events: EventsThatName): Promise<Id> => {
    for (let after = firstIdOf(0); ; ) {
      const end = await perform(core, act, takes, async (deed) => {
        await check(deed);
        const list = await listEventsThatName(deed.tx, act.instanceId, userId, events, after, batch);
        if (list.length < batch) return undefined;
        await forgetPersonInEvents(deed.tx, act.instanceId, userId, events, list);
        return list.at(-1)?.id;
      });
      if (end === undefined) return after < lately ? after : lately;
      after = end;
    }
  };
  return { about: await forgetMost('about'), by: await forgetMost('by') };
}

async function forgetRest(
  tx: Transaction,
  instanceId: Id,
  userId: Id,
  events: EventsThatName,
  after: Id,
): Promise<void> {
  for (let begin: Id | undefined = after; begin !== undefined; ) {
    const list: EventThatNames[] = await listEventsThatName(tx, instanceId, userId, events, begin, batch);
    await forgetPersonInEvents(tx, instanceId, userId, events, list);
    begin = list.length < batch ? undefined : list.at(-1)?.id;
  }
}
