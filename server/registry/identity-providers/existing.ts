import type { Id } from '../../base/ids.ts';
import { Refusal } from '../../base/refusal.ts';
import type { IdentityProvider } from '../../model/identity-provider.ts';
import type { Transaction } from '../../store/engine/database.ts';
import { lockIdentityProvider } from '../../store/identity-providers.ts';

/**
 * Locks a provider for the rest of the transaction.
 * @throws Refusal `identity_provider_not_found`
 */
export async function lockExistingProvider(
  tx: Transaction,
  instanceId: Id,
  id: Id | undefined,
): Promise<IdentityProvider> {
  const provider = id && (await lockIdentityProvider(tx, instanceId, id));
  if (!provider) throw providerNotFound();
  return provider;
}

/** Also for a provider of another instance, so that nobody learns that it exists. */
export function providerNotFound(): Refusal {
  return new Refusal('identity_provider_not_found', 'There is no identity provider with this ID.');
}
