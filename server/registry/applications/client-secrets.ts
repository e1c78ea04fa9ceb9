import { randomInt } from 'node:crypto';
import { perform } from '../../authorizations/act.ts';
import { type Id, newId } from '../../base/ids.ts';
import { sha256 } from '../../base/master-secret.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Instant } from '../../base/units.ts';
import { recordAuditEvent } from '../../events/record.ts';
import type { Act } from '../../model/act.ts';
import type { ClientSecret } from '../../model/application.ts';
import { refuseCredentialOfOtherType } from '../../model/application-fields.ts';
import { requireRecentAuthentication } from '../../model/recent-authentication.ts';
import { deleteClientSecretRow, insertClientSecret, listClientSecrets } from '../../store/client-secrets.ts';
import type { Needs } from '../needs.ts';
import { lockExisting } from './existing.ts';

/** So many live secrets let one take the place of the other without downtime. */
const maxClientSecrets = 2;

/** Letters and digits only: they survive clients that forget to form-encode Basic credentials. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const characters = 43; // of 62 each: 256 random bits

/** A new secret: the text, which is handed out once, and what is kept of it. */
export function newClientSecret(now: Instant): { text: string; row: Omit<ClientSecret, 'lastUsedAt'> } {
  const random = Array.from({ length: characters }, () => alphabet[randomInt(alphabet.length)]).join('');
  const text = `pcs_${random}`;
  return { text, row: { id: newId(now), hash: sha256(text), hint: text.slice(-4), createdAt: now } };
}

/**
 * Gives an application one more secret, which takes a recent password.
 * @returns the secret as it is kept and, this once, its text
 * @throws Refusal `application_not_found`, `not_for_type`, `client_secret_limit_reached`, `reauthentication_required`, and those of
 *   an act (`perform`)
 */
export async function addClientSecret(
  needs: Needs,
  act: Act,
  applicationId: Id,
): Promise<{ secret: ClientSecret; clientSecret: string }> {
  const { instanceId } = act;
  const made = await perform(
    needs,
    act,
    { authority: 'administrator' },
    async ({ tx, now, authenticatedAt }) => {
      const application = await lockExisting(tx, instanceId, applicationId);
      refuseCredentialOfOtherType(application.type, 'secrets');
      const live = await listClientSecrets(tx, instanceId, applicationId);
      if (live.length >= maxClientSecrets)
        throw new Refusal(
          'client_secret_limit_reached',
          `An application has at most ${maxClientSecrets} client secrets. Delete the one that is no longer used first.`,
        );
      requireRecentAuthentication(authenticatedAt, now);
      const { text, row } = newClientSecret(now);
      await insertClientSecret(tx, instanceId, applicationId, row);
      await recordAuditEvent(tx, now, {
        ...act,
        type: 'client_secret.added',
        applicationId,
        detail: { secret_id: row.id, hint: row.hint },
      });
      return { secret: { ...row, lastUsedAt: null }, clientSecret: text };
    },
  );
  needs.clients.clear();
  return made;
}

/**
 * Deletes a secret; clients that use it are refused from now on. It gives nobody power, and in need it must be quick: no password
 * is asked for.
 * @throws Refusal `application_not_found`, `not_for_type`, `client_secret_not_found`, and those of an act (`perform`)
 */
export async function deleteClientSecret(
  needs: Needs,
  act: Act,
  applicationId: Id,
  secretId: Id | undefined,
): Promise<void> {
  const { instanceId } = act;
  await perform(needs, act, { authority: 'administrator' }, async ({ tx, now }) => {
    const application = await lockExisting(tx, instanceId, applicationId);
    refuseCredentialOfOtherType(application.type, 'secrets');
    if (!secretId || !(await deleteClientSecretRow(tx, instanceId, applicationId, secretId)))
      throw new Refusal('client_secret_not_found', 'This application has no client secret with this ID.');
    await recordAuditEvent(tx, now, {
      ...act,
      type: 'client_secret.deleted',
      applicationId,
      detail: { secret_id: secretId },
    });
  });
  needs.clients.clear();
}
