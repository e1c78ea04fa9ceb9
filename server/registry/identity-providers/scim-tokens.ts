import { perform } from '../../authorizations/act.ts';
import { type Id, newId } from '../../base/ids.ts';
import { randomToken, sha256 } from '../../base/master-secret.ts';
import { Refusal, refuseFieldErrors } from '../../base/refusal.ts';
import { checkName } from '../../base/text.ts';
import type { Core } from '../../core.ts';
import { recordAuditEvent } from '../../events/record.ts';
import type { Act } from '../../model/act.ts';
import { requireRecentAuthentication } from '../../model/recent-authentication.ts';
import type { ScimToken } from '../../model/scim-token.ts';
import type { Reader } from '../../store/engine/database.ts';
import { findIdentityProvider } from '../../store/identity-providers.ts';
import { deleteScimTokenRow, insertScimToken, listScimTokenRows } from '../../store/scim-tokens.ts';
import { lockExistingProvider, providerNotFound } from './existing.ts';

/** So many let one take the place of another without downtime, for more than one client. */
export const maxScimTokens = 5;

/** What SCIM tokens begin with, so that whoever finds one knows what it is. */
export const scimTokenPrefix = 'pst_';

/**
 * Gives a provider's SCIM client one more token, which takes a recent password: it makes users and outlasts the session.
 * @returns the token as it is kept and, this once, its text: `pst_` and 43 characters
 * @throws Refusal `validation_failed`, `identity_provider_not_found`, `scim_token_limit_reached`, `reauthentication_required`, and
 *   those of an act (`perform`)
 */
export async function addScimToken(
  core: Core,
  act: Act,
  providerId: Id | undefined,
  fields: { readonly name: string },
): Promise<{ scimToken: ScimToken; token: string }> {
  const name = fields.name.trim();
  const problem = checkName(name);
  if (problem !== null) refuseFieldErrors([{ path: 'name', message: problem }]);
  return perform(core, act, { authority: 'administrator' }, async ({ tx, now, authenticatedAt }) => {
    // Locked: two at once must not both be the fifth.
    const provider = await lockExistingProvider(tx, act.instanceId, providerId);
    if ((await listScimTokenRows(tx, act.instanceId, provider.id)).length >= maxScimTokens)
      throw new Refusal(
        'scim_token_limit_reached',
        `A provider has at most ${maxScimTokens} SCIM tokens. Delete one that is no longer used first.`,
      );
    requireRecentAuthentication(authenticatedAt, now);
    const token = `${scimTokenPrefix}${randomToken()}`;
    const scimToken: ScimToken = {
      id: newId(now),
      instanceId: act.instanceId,
      providerId: provider.id,
      name,
      createdBy: act.actor.type === 'user' ? act.actor.id : null,
      createdAt: now,
      lastUsedAt: null,
    };
    await insertScimToken(tx, scimToken, sha256(token));
    await recordAuditEvent(tx, now, {
      ...act,
      type: 'scim_token.added',
      detail: { provider: provider.name, provider_id: provider.id, token_id: scimToken.id },
    });
    return { scimToken, token };
  });
}

/**
 * Deletes a token; its client is refused from now on. It gives nobody power, and in need it must be quick: no password is asked for.
 * @throws Refusal `identity_provider_not_found`, `scim_token_not_found`, and those of an act (`perform`)
 */
export async function deleteScimToken(
  core: Core,
  act: Act,
  providerId: Id | undefined,
  tokenId: Id | undefined,
): Promise<void> {
  await perform(core, act, { authority: 'administrator' }, async ({ tx, now }) => {
    const provider = await lockExistingProvider(tx, act.instanceId, providerId);
    if (!tokenId || !(await deleteScimTokenRow(tx, act.instanceId, provider.id, tokenId)))
      throw new Refusal('scim_token_not_found', 'This provider has no SCIM token with this ID.');
    await recordAuditEvent(tx, now, {
      ...act,
      type: 'scim_token.deleted',
      detail: { provider: provider.name, provider_id: provider.id, token_id: tokenId },
    });
  });
}

/**
 * The SCIM tokens of a provider, oldest first; their texts are nowhere any more.
 * @throws Refusal `identity_provider_not_found`
 */
export async function listScimTokens(
  db: Reader,
  instanceId: Id,
  providerId: Id | undefined,
): Promise<ScimToken[]> {
  if (!providerId || !(await findIdentityProvider(db, instanceId, providerId))) throw providerNotFound();
  return listScimTokenRows(db, instanceId, providerId);
}
