import { perform } from '../../authorizations/act.ts';
import { type Id, newId } from '../../base/ids.ts';
import { Refusal, refuseFieldErrors } from '../../base/refusal.ts';
import { checkLine } from '../../base/text.ts';
import { recordAuditEvent } from '../../events/record.ts';
import type { Act } from '../../model/act.ts';
import type { PublicKey } from '../../model/application.ts';
import { refuseCredentialOfOtherType } from '../../model/application-fields.ts';
import { requireRecentAuthentication } from '../../model/recent-authentication.ts';
import { UniqueViolation } from '../../store/engine/database.ts';
import { deletePublicKeyRow, insertPublicKey, listPublicKeys } from '../../store/public-keys.ts';
import { findUser } from '../../store/users.ts';
import type { Needs } from '../needs.ts';
import { lockExisting } from './existing.ts';
import { parsePublicKey } from './public-key.ts';

const maxPublicKeys = 10;

export interface NewPublicKey {
  /** PEM public key, PEM X.509 certificate, or JWK as an object or as JSON text. */
  readonly publicKey: unknown;
  /** Without one, the kind of key: `RSA 2048`. */
  readonly name?: string | null | undefined;
  /** Without it, the administrator who adds the key; null: the key acts for nobody, and only authenticates the client. */
  readonly actsAsUserId?: string | null | undefined;
}

/**
 * Registers a public key of an application, which takes a recent password.
 * @throws Refusal `application_not_found`, `not_for_type`, `validation_failed`, `private_key_refused`, `certificate_expired`,
 *   `invalid_public_key`, `public_key_exists`, `public_key_limit_reached`, `reauthentication_required`, and those of an act (`perform`)
 */
export async function addPublicKey(
  needs: Needs,
  act: Act,
  applicationId: Id,
  given: NewPublicKey,
): Promise<PublicKey> {
  const { instanceId, actor } = act;
  const createdAt = needs.clock();
  const parsed = await parsePublicKey(given.publicKey, createdAt);
  const nameProblem = given.name ? checkLine(given.name) : null;
  refuseFieldErrors(nameProblem ? [{ path: 'name', message: nameProblem }] : []);
  const adder = actor.type === 'user' ? actor.id : null;
  const actsAsUserId = (given.actsAsUserId === undefined ? adder : given.actsAsUserId) as Id | null;

  const key: PublicKey = {
    id: newId(createdAt),
    kid: parsed.kid ?? parsed.thumbprint,
    name: given.name || parsed.kind,
    algorithm: parsed.algorithm,
    thumbprint: parsed.thumbprint,
    key: parsed.key,
    notAfter: parsed.notAfter,
    actsAsUserId,
    createdBy: adder,
    createdAt,
    lastUsedAt: null,
  };
  try {
    await perform(needs, act, { authority: 'administrator' }, async ({ tx, now, authenticatedAt }) => {
      const application = await lockExisting(tx, instanceId, applicationId);
      refuseCredentialOfOtherType(application.type, 'public_keys');
      const user = actsAsUserId && (await findUser(tx, instanceId, actsAsUserId));
      if (actsAsUserId && !user?.active)
        refuseFieldErrors([
          { path: 'acts_as_user_id', message: 'must be the ID of an active user of this instance' },
        ]);
      const live = await listPublicKeys(tx, instanceId, applicationId);
      if (live.some((other) => other.thumbprint === key.thumbprint)) throw exists();
      if (live.length >= maxPublicKeys)
        throw new Refusal(
          'public_key_limit_reached',
          `An application has at most ${maxPublicKeys} public keys. Delete one that is no longer used first.`,
        );
      requireRecentAuthentication(authenticatedAt, now);
      await insertPublicKey(tx, instanceId, applicationId, key);
      await recordAuditEvent(tx, now, {
        ...act,
        type: 'public_key.added',
        applicationId,
        userId: actsAsUserId,
        detail: {
          key_id: key.id,
          kid: key.kid,
          name: key.name,
          algorithm: key.algorithm,
          thumbprint: key.thumbprint,
        },
      });
    });
  } catch (error) {
    throw error instanceof UniqueViolation ? exists() : error;
  }
  needs.clients.clear();
  return key;
}

function exists(): Refusal {
  return new Refusal('public_key_exists', 'This application has this public key already.');
}

/**
 * Deletes a public key; assertions signed by it are refused from now on. As with a secret, no password is asked for.
 * @throws Refusal `application_not_found`, `not_for_type`, `public_key_not_found`, and those of an act (`perform`)
 */
export async function deletePublicKey(
  needs: Needs,
  act: Act,
  applicationId: Id,
  keyId: Id | undefined,
): Promise<void> {
  const { instanceId } = act;
  await perform(needs, act, { authority: 'administrator' }, async ({ tx, now }) => {
    const application = await lockExisting(tx, instanceId, applicationId);
    refuseCredentialOfOtherType(application.type, 'public_keys');
    const key = (await listPublicKeys(tx, instanceId, applicationId)).find(({ id }) => id === keyId);
    if (!key || !(await deletePublicKeyRow(tx, instanceId, applicationId, key.id)))
      throw new Refusal('public_key_not_found', 'This application has no public key with this ID.');
    await recordAuditEvent(tx, now, {
      ...act,
      type: 'public_key.deleted',
      applicationId,
      userId: key.actsAsUserId,
      detail: { key_id: key.id, kid: key.kid, name: key.name, thumbprint: key.thumbprint },
    });
  });
  needs.clients.clear();
}
