import { newId, randomId } from '../../base/ids.ts';
import type { Instant } from '../../base/units.ts';
import { recordAuditEvent } from '../../events/record.ts';
import type { SigningKeys } from '../../keys/signing-keys.ts';
import { system } from '../../model/event.ts';
import { type Instance, initialScopes, labelsOf } from '../../model/instance.ts';
import type { Transaction } from '../../store/engine/database.ts';
import { insertInstance } from '../../store/instances.ts';

/**
 * Makes an instance with the defaults of a new one and its signing keys. The server does it by itself or by its command line:
 * nobody else is its actor.
 * @param wish.url its issuer, byte for byte
 * @param wish.isDefault whether it is the one of POSTERN_URL
 * @throws UniqueViolation when the name, URL or host is taken
 */
export async function makeInstance(
  tx: Transaction,
  signingKeys: SigningKeys,
  now: Instant,
  wish: { name: string; url: string; isDefault?: boolean },
): Promise<Instance> {
  const instance: Instance = {
    id: newId(now),
    name: wish.name,
    url: wish.url,
    host: new URL(wish.url).host,
    ...labelsOf(wish.url, wish.name),
    customerId: randomId(),
    maxApplications: 10,
    refreshTokenGrace: 10,
    authorizationCodeLifetime: 120,
    scopes: initialScopes,
    createdAt: now,
  };
  await insertInstance(tx, instance, wish.isDefault ?? false);
  await signingKeys.begin(tx, instance.id);
  await recordAuditEvent(tx, now, {
    instanceId: instance.id,
    type: 'instance.created',
    actor: system,
    ip: null,
    detail: { name: instance.name, url: instance.url },
  });
  return instance;
}
