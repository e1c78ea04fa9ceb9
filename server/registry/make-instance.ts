import { newId, randomId } from '../ids.ts';
import type { SigningKeys } from '../oauth/signing-keys.ts';
import { recordAuditEvent, system } from '../store/audit-events.ts';
import type { Transaction } from '../store/database.ts';
import { insertInstance } from '../store/instances.ts';
import type { Instant } from '../units.ts';
import { type Instance, initialScopes, labelsOf } from './instance.ts';

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
