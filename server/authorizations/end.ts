import type { Id } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';
import type { Core } from '../core.ts';
import { recordAuditEvent } from '../events/record.ts';
import type { Authorization } from '../model/authorization.ts';
import type { Actor } from '../model/event.ts';
import { deleteRedeemableCodes } from '../store/authorization-codes.ts';
import {
  findAuthorization,
  revokeAuthorization,
  revokeAuthorizationsOfApplication,
} from '../store/authorizations.ts';
import { deleteConsent, deleteConsentsOfApplication } from '../store/consents.ts';
import type { Transaction } from '../store/engine/database.ts';

/** Who ends something, and from where. */
export interface EndedBy {
  readonly instanceId: Id;
  readonly actor: Actor;
  readonly ip: string | null;
}

/** Ends one authorization within a transaction; false when it was not live. */
export async function endOne(
  tx: Transaction,
  now: Instant,
  id: Id,
  by: EndedBy,
  because: string,
): Promise<Authorization | undefined> {
  const ended = await revokeAuthorization(tx, by.instanceId, id, now);
  if (ended) await recordEnd(tx, now, ended, by, because);
  return ended;
}

/**
 * Ends an authorization on somebody's wish, with every token of it, and optionally forgets the consent behind it,
 * so that the application must ask again.
 * @param wish `onlyUserId` and `onlyApplicationId` name whose authorization it must be
 * @returns false when there is no such live authorization
 */
export async function endAuthorization(
  core: Core,
  wish: EndedBy & { authorizationId: Id; forgetConsent: boolean; onlyUserId?: Id; onlyApplicationId?: Id },
): Promise<boolean> {
  const now = core.clock();
  return core.db.transaction(async (tx) => {
    const found = await findAuthorization(tx, wish.instanceId, wish.authorizationId);
    if (!found || found.revokedAt !== null) return false;
    if (wish.onlyUserId !== undefined && found.userId !== wish.onlyUserId) return false;
    if (wish.onlyApplicationId !== undefined && found.applicationId !== wish.onlyApplicationId) return false;
    const ended = await endOne(tx, now, found.id, wish, 'by_request');
    if (!ended) return false;
    if (wish.forgetConsent) await deleteConsent(tx, wish.instanceId, ended.userId, ended.applicationId);
    return true;
  });
}

/** Whose authorizations end, all of them. */
type Everything = EndedBy & { applicationId: Id };

/** So many end in one transaction: few enough that others wait for some milliseconds, and that it ends in time on any network. */
const batch = 500;

/** Ends every authorization of an application, kills its codes that were not redeemed yet, and forgets its consents. */
export async function endAllAuthorizations(core: Core, wish: Everything): Promise<void> {
  await endMostOf(core, wish);
  const now = core.clock();
  await core.db.transaction((tx) => endEverythingOf(tx, now, wish));
}

/**
 * Ends the authorizations of an application in transactions of their own until few are left. When it fails half-way those that
 * ended have ended, each with its event, and another call goes on.
 */
export async function endMostOf(core: Core, wish: Everything): Promise<void> {
  for (;;) {
    const now = core.clock();
    const ended = await core.db.transaction(async (tx) => {
      const { consents, authorizations } = await endSomeOf(tx, now, wish);
      return Math.max(consents, authorizations);
    });
    if (ended < batch) return;
  }
}

/** Ends what is left, within a transaction that may do more, such as deleting the application. */
export async function endEverythingOf(tx: Transaction, now: Instant, wish: Everything): Promise<void> {
  // Codes first: a redemption under way is waited for here, and what it issued is seen below.
  await deleteRedeemableCodes(tx, wish.instanceId, wish.applicationId, now);
  for (;;) {
    const { consents, authorizations } = await endSomeOf(tx, now, wish);
    if (consents < batch && authorizations < batch) return;
  }
}

async function endSomeOf(
  tx: Transaction,
  now: Instant,
  wish: Everything,
): Promise<{ consents: number; authorizations: number }> {
  const { instanceId, applicationId } = wish;
  const consents = await deleteConsentsOfApplication(tx, instanceId, applicationId, batch);
  const ended = await revokeAuthorizationsOfApplication(tx, instanceId, applicationId, now, batch);
  // All on their way at once: PostgreSQL is asked once, not once for each.
  await Promise.all(ended.map((authorization) => recordEnd(tx, now, authorization, wish, 'by_request')));
  return { consents, authorizations: ended.length };
}

function recordEnd(
  tx: Transaction,
  now: Instant,
  ended: Authorization,
  by: EndedBy,
  because: string,
): Promise<void> {
  return recordAuditEvent(tx, now, {
    instanceId: by.instanceId,
    type: 'authorization.revoked',
    actor: by.actor,
    applicationId: ended.applicationId,
    userId: ended.userId,
    ip: by.ip,
    detail: { authorization_id: ended.id, because },
  });
}
