import type { Id } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';
import type { Core } from '../core.ts';
import { recordAuditEvent } from '../events/record.ts';
import type { Act } from '../model/act.ts';
import type { Authorization, AuthorizationKey } from '../model/authorization.ts';
import type { By } from '../model/event.ts';
import { adminScope } from '../model/scopes.ts';
import {
  deleteCodesOfUser,
  deleteRedeemableCodes,
  deleteRedeemableCodesBeside,
  deleteRedeemableCodesWithScope,
} from '../store/authorization-codes.ts';
import {
  deleteAuthorizationsOfUser,
  findAuthorization,
  revokeAuthorization,
  revokeAuthorizationsOfApplication,
  revokeAuthorizationsWithScope,
} from '../store/authorizations.ts';
import {
  deleteConsent,
  deleteConsentsOfApplication,
  deleteConsentsOfUser,
  deleteConsentsWithScope,
} from '../store/consents.ts';
import type { Transaction } from '../store/engine/database.ts';
import { perform } from './act.ts';

/**
 * Ends one authorization within a transaction, and with it the codes of its user and application that were not redeemed yet.
 * @returns the authorization that this call ended; undefined when it was not live, and then the codes stay
 */
export async function endOne(
  tx: Transaction,
  now: Instant,
  which: AuthorizationKey,
  by: By,
  because: string,
): Promise<Authorization | undefined> {
  const { instanceId } = by;
  const [, ended] = await Promise.all([
    // Codes first, as everywhere: two that end something never wait for each other crosswise.
    deleteRedeemableCodesBeside(tx, { ...which, instanceId }, now),
    revokeAuthorization(tx, instanceId, which.id, now),
  ]);
  if (ended) await recordEnd(tx, now, ended, by, because);
  return ended;
}

/**
 * Ends an authorization because somebody asks for it, with every token of it, and forgets the consent behind it, so that the
 * application must ask again.
 * @param of whose authorization it must be: one's own user's, or an application's, which takes an administrator
 * @returns false when there is no such live authorization
 * @throws Refusal of an act (`perform`)
 */
export function endAuthorization(
  core: Core,
  act: Act,
  id: Id,
  of: { readonly userId: Id } | { readonly applicationId: Id },
): Promise<boolean> {
  const authority = 'userId' in of ? { self: of.userId } : 'administrator';
  return perform(core, act, { authority }, async ({ tx, now }) => {
    const found = await findAuthorization(tx, act.instanceId, id);
    if (!found || ('userId' in of ? found.userId !== of.userId : found.applicationId !== of.applicationId))
      return false;
    const ended = await endOne(tx, now, found, act, 'by_request');
    if (!ended) return false;
    await deleteConsent(tx, act.instanceId, ended.userId, ended.applicationId);
    return true;
  });
}

/**
 * Ends all that lets applications act for a user with the scope `admin`, within the transaction that takes the role of an
 * administrator from them: authorizations, codes that were not redeemed yet, and the consents that would give it again.
 */
export async function endAdministration(tx: Transaction, now: Instant, userId: Id, by: By): Promise<void> {
  await deleteConsentsWithScope(tx, by.instanceId, userId, adminScope);
  // Codes first: a redemption under way is waited for here, and what it issued is seen below.
  await deleteRedeemableCodesWithScope(tx, by.instanceId, userId, adminScope, now);
  const ended = await revokeAuthorizationsWithScope(tx, by.instanceId, userId, adminScope, now);
  await Promise.all(ended.map((authorization) => recordEnd(tx, now, authorization, by, 'role_lost')));
}

/** Ends all that lets applications act for a user, within the transaction that deletes the user: nothing of it stays. */
export async function endEverythingOfUser(tx: Transaction, now: Instant, by: By, userId: Id): Promise<void> {
  await deleteConsentsOfUser(tx, by.instanceId, userId);
  // Codes first: a redemption under way is waited for here, and what it issued is seen below.
  await deleteCodesOfUser(tx, by.instanceId, userId);
  const ended = await deleteAuthorizationsOfUser(tx, by.instanceId, userId);
  await Promise.all(ended.map((authorization) => recordEnd(tx, now, authorization, by, 'user_deleted')));
}

/** So many end in one transaction: few enough that others wait for some milliseconds, and that it ends in time on any network. */
const batch = 500;

/**
 * Ends every authorization of an application, kills its codes that were not redeemed yet, and forgets its consents.
 * @throws Refusal of an act (`perform`)
 */
export async function endAllAuthorizations(core: Core, act: Act, applicationId: Id): Promise<void> {
  await endMostOf(core, act, applicationId);
  await perform(core, act, { authority: 'administrator' }, ({ tx, now }) =>
    endEverythingOf(tx, now, act, applicationId),
  );
}

/**
 * Ends the authorizations of an application in transactions of their own until few are left. When it fails half-way those that
 * ended have ended, each with its event, and another call goes on. The one that the act itself stands on stays to the end.
 * @throws Refusal of an act (`perform`)
 */
export async function endMostOf(core: Core, act: Act, applicationId: Id): Promise<void> {
  for (;;) {
    const ended = await perform(core, act, { authority: 'administrator' }, async ({ tx, now }) => {
      const own = act.via?.authorizationId ?? null;
      const { consents, authorizations } = await endSomeOf(tx, now, act, applicationId, own);
      return Math.max(consents, authorizations);
    });
    if (ended < batch) return;
  }
}

/** Ends what is left, within a transaction that may do more, such as deleting the application. */
export async function endEverythingOf(
  tx: Transaction,
  now: Instant,
  by: By,
  applicationId: Id,
): Promise<void> {
  // Codes first: a redemption under way is waited for here, and what it issued is seen below.
  await deleteRedeemableCodes(tx, by.instanceId, applicationId, now);
  for (;;) {
    const { consents, authorizations } = await endSomeOf(tx, now, by, applicationId, null);
    if (consents < batch && authorizations < batch) return;
  }
}

async function endSomeOf(
  tx: Transaction,
  now: Instant,
  by: By,
  applicationId: Id,
  except: Id | null,
): Promise<{ consents: number; authorizations: number }> {
  const { instanceId } = by;
  const consents = await deleteConsentsOfApplication(tx, instanceId, applicationId, batch);
  const ended = await revokeAuthorizationsOfApplication(tx, instanceId, applicationId, now, batch, except);
  // All on their way at once: PostgreSQL is asked once, not once for each.
  await Promise.all(ended.map((authorization) => recordEnd(tx, now, authorization, by, 'by_request')));
  return { consents, authorizations: ended.length };
}

function recordEnd(
  tx: Transaction,
  now: Instant,
  ended: Authorization,
  by: By,
  because: string,
): Promise<void> {
  return recordAuditEvent(tx, now, {
    ...by,
    type: 'authorization.revoked',
    applicationId: ended.applicationId,
    userId: ended.userId,
    detail: { authorization_id: ended.id, because },
  });
}
