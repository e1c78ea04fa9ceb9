import type { IdentityProvider } from '../model/identity-provider.ts';
import { emailDomainOf } from '../model/identity-provider-rules.ts';
import type { Reader } from '../store/engine/database.ts';
import { listIdentityProviders } from '../store/identity-providers.ts';

/**
 * Whether an administrator trusts a provider to say whose an address is: with every address (`trusts_email`) but those in a domain that
 * another provider has (`email_domains`), switched on or not; and where others have domains, but those whose domain is no name in the DNS.
 * Customers do not speak for each other's people.
 */
export async function isTrustedWith(
  db: Reader,
  { id, instanceId, trustsEmail }: Pick<IdentityProvider, 'id' | 'instanceId' | 'trustsEmail'>,
  email: string,
): Promise<boolean> {
  if (!trustsEmail) return false;
  const domain = emailDomainOf(email);
  const providers = await listIdentityProviders(db, instanceId);
  const others = providers.filter((other) => other.id !== id);
  // Such as `example.com.`: whose it is depends on who reads it.
  if (domain === null) return others.every(({ emailDomains }) => emailDomains.length === 0);
  return !others.some(({ emailDomains }) => emailDomains.includes(domain));
}
