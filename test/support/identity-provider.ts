import { type Id, newId } from '../../server/base/ids.ts';
import type { HandoverProvider, Identity } from '../../server/model/identity-provider.ts';
import { insertIdentity } from '../../server/store/identities.ts';
import { insertIdentityProvider } from '../../server/store/identity-providers.ts';
import type { TestApp } from './test-app.ts';

/** An enabled provider of the app's instance, written as it is kept: for tests of what hangs on a provider of any type. */
export async function someProvider(
  { services, instance }: Pick<TestApp, 'services' | 'instance'>,
  fields: Partial<HandoverProvider> = {},
): Promise<HandoverProvider> {
  const now = services.clock();
  const provider: HandoverProvider = {
    id: newId(now),
    instanceId: instance.id,
    type: 'handover',
    name: 'Somewhere else',
    enabled: true,
    emailDomains: [],
    provisioning: 'create',
    trustsEmail: false,
    isDefault: false,
    claims: {},
    settings: {
      login_url: 'https://product.example.com/login',
      issuer: 'https://product.example.com',
      jwks: { keys: [] },
      jwks_uri: null,
    },
    sealedSecret: null,
    createdAt: now,
    updatedAt: now,
    lastUsedAt: null,
    lastError: null,
    lastErrorAt: null,
    ...fields,
  };
  await services.db.transaction((tx) => insertIdentityProvider(tx, provider));
  services.identityProviders.clear();
  return provider;
}

/** What a provider calls a user, written as it is kept. */
export async function someIdentity(
  { services, instance }: Pick<TestApp, 'services' | 'instance'>,
  providerId: string,
  userId: string,
): Promise<Identity> {
  const now = services.clock();
  const id = newId(now);
  const identity: Identity = {
    id,
    instanceId: instance.id,
    providerId: providerId as Id,
    subject: id,
    userId: userId as Id,
    gaveRole: false,
    createdAt: now,
    lastUsedAt: null,
  };
  await services.db.transaction((tx) => insertIdentity(tx, identity));
  return identity;
}
