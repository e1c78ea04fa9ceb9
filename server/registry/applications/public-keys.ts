import { type Id, newId } from '../../base/ids.ts';
import { Refusal, refuseFieldErrors } from '../../base/refusal.ts';
import { checkLine } from '../../base/text.ts';
import { recordAuditEvent } from '../../events/record.ts';
import type { PublicKey } from '../../model/application.ts';
import { refuseCredentialOfOtherType } from '../../model/application-fields.ts';
import type { Actor } from '../../model/event.ts';
import type { Instance } from '../../model/instance.ts';
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
 * Registers a public key of an application.
 * @throws Refusal `application_not_found`, `not_for_type`, `validation_failed`, `private_key_refused`,
 *   `certificate_expired`, `invalid_public_key`, `public_key_exists`, `public_key_limit_reached`
 */
export async function addPublicKey(
  needs: Needs,
  instance: Instance,
  actor: Actor,
  ip: string | null,
  applicationId: Id,
  wish: NewPublicKey,
): Promise<PublicKey> {
  const now = needs.clock();
  const parsed = await parsePublicKey(wish.publicKey, now);
  const nameProblem = wish.name ? checkLine(wish.name) : null;
  refuseFieldErrors(nameProblem ? [{ path: 'name', message: nameProblem }] : []);
  const adder = actor.type === 'user' ? actor.id : null;
  const actsAsUserId = (wish.actsAsUserId === undefined ? adder : wish.actsAsUserId) as Id | null;

  const key: PublicKey = {
    id: newId(now),
    kid: parsed.kid ?? parsed.thumbprint,
    name: wish.name || parsed.kind,
    algorithm: parsed.algorithm,
    thumbprint: parsed.thumbprint,
    key: parsed.key,
    notAfter: parsed.notAfter,
    actsAsUserId,
    createdBy: adder,
    createdAt: now,
    lastUsedAt: null,
  };
  try {
    await needs.db.transaction(async (tx) => {
      const application = await lockExisting(tx, instance.id, applicationId);
      refuseCredentialOfOtherType(application.type, 'public_keys');
      const user = actsAsUserId && (await findUser(tx, instance.id, actsAsUserId));
      if (actsAsUserId && !user?.active)
        refuseFieldErrors([
          { path: 'acts_as_user_id', message: 'must be the ID of an active user of this instance' },
        ]);
      const live = await listPublicKeys(tx, instance.id, applicationId);
      if (live.some((other) => other.thumbprint === key.thumbprint)) throw exists();
      if (live.length >= maxPublicKeys)
        throw new Refusal(
          'public_key_limit_reached',
          `An application has at most ${maxPublicKeys} public keys. Delete one that is no longer used first.`,
        );
      await insertPublicKey(tx, instance.id, applicationId, key);
      await recordAuditEvent(tx, now, {
        instanceId: instance.id,
        type: 'public_key.added',
        actor,
        applicationId,
        userId: actsAsUserId,
        ip,
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
 * Deletes a public key; assertions signed by it are refused from now on.
 * @throws Refusal `application_not_found`, `not_for_type`, `public_key_not_found`
 */
export async function deletePublicKey(
  needs: Needs,
  instance: Instance,
  actor: Actor,
  ip: string | null,
  applicationId: Id,
  keyId: Id | undefined,
): Promise<void> {
  const now = needs.clock();
  await needs.db.transaction(async (tx) => {
    const application = await lockExisting(tx, instance.id, applicationId);
    refuseCredentialOfOtherType(application.type, 'public_keys');
    const key = (await listPublicKeys(tx, instance.id, applicationId)).find(({ id }) => id === keyId);
    if (!key || !(await deletePublicKeyRow(tx, instance.id, applicationId, key.id)))
      throw new Refusal('public_key_not_found', 'This application has no public key with this ID.');
    await recordAuditEvent(tx, now, {
      instanceId: instance.id,
      type: 'public_key.deleted',
      actor,
      applicationId,
      userId: key.actsAsUserId,
      ip,
      detail: { key_id: key.id, kid: key.kid, name: key.name, thumbprint: key.thumbprint },
    });
  });
  needs.clients.clear();
}
