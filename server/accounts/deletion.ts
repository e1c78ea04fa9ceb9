import { perform } from '../authorizations/act.ts';
import { endEverythingOfUser } from '../authorizations/end.ts';
import type { Id } from '../base/ids.ts';
import type { Core } from '../core.ts';
import { recordAuditEvent } from '../events/record.ts';
import type { Act } from '../model/act.ts';
import { requireRecentAuthentication } from '../model/recent-authentication.ts';
import { forgetPersonInEvents } from '../store/audit-events.ts';
import { deleteUserRow, lockUser } from '../store/users.ts';
import { endSessionsOfUser } from './sessions.ts';
import { refuseLastAdministrator, userNotFound } from './users.ts';

/**
 * Deletes a user for good: sessions end, with their applications told; authorizations, codes and consents are gone, and so is the row. What the
 * audit log holds of them keeps the ID and nothing that names the person: no email address, and no IP address that they came from.
 * @throws Refusal `user_not_found`, `last_administrator`, `reauthentication_required`, and those of an act (`perform`)
 */
export async function deleteUser(core: Core, act: Act, userId: Id): Promise<void> {
  const isOwn = act.actor.id === userId;
  await perform(
    core,
    act,
    { authority: 'administrator', alone: true, changesUser: isOwn ? undefined : userId },
    async ({ tx, now, authenticatedAt }) => {
      const found = await lockUser(tx, act.instanceId, userId);
      if (!found) throw userNotFound();
      requireRecentAuthentication(authenticatedAt, now);
      await refuseLastAdministrator(tx, found.user);
      await endSessionsOfUser(tx, now, act, userId, 'user_deleted');
      await endEverythingOfUser(tx, now, act, userId);
      await deleteUserRow(tx, act.instanceId, userId);
      await recordAuditEvent(tx, now, { ...act, type: 'user.deleted', userId });
      // Last, with what was recorded just now.
      await forgetPersonInEvents(tx, act.instanceId, userId);
    },
  );
}
