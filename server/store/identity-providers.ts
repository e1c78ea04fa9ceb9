import { type Id, idBytes, idFrom } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';
import type { IdentityProvider } from '../model/identity-provider.ts';
import { Columns, type Database, type Reader, type Transaction } from './engine/database.ts';

/** The columns of a provider, as a statement of another table that joins them reads them too. */
export interface ProviderRow {
  id: Uint8Array;
  instance_id: Uint8Array;
  type: IdentityProvider['type'];
  name: string;
  enabled: number;
  email_domains: string;
  provisioning: IdentityProvider['provisioning'];
  trusts_email: number;
  is_default: number;
  claims: string;
  settings: string;
  sealed_secret: Uint8Array | null;
  created_at: number;
  updated_at: number;
  last_used_at: number | null;
  last_error: string | null;
  last_error_at: number | null;
}

export const providerColumns = new Columns(
  `id, instance_id, type, name, enabled, email_domains, provisioning, trusts_email, is_default, claims, settings,
    sealed_secret, created_at, updated_at, last_used_at, last_error, last_error_at`,
);

/** The providers of an instance, disabled ones too, oldest first. */
export async function listIdentityProviders(db: Reader, instanceId: Id): Promise<IdentityProvider[]> {
  const rows = await db.sql<ProviderRow>`
    SELECT ${providerColumns} FROM identity_providers WHERE instance_id = ${idBytes(instanceId)} ORDER BY id`;
  return rows.map(providerFrom);
}

/** The provider of an ID, disabled ones too. */
export async function findIdentityProvider(
  db: Reader,
  instanceId: Id,
  id: Id,
): Promise<IdentityProvider | undefined> {
  const [row] = await db.sql<ProviderRow>`
    SELECT ${providerColumns} FROM identity_providers WHERE id = ${idBytes(id)} AND instance_id = ${idBytes(instanceId)}`;
  return row && providerFrom(row);
}

/** Keeps a provider as it is until the transaction ends. @returns undefined when there is none */
export async function lockIdentityProvider(
  tx: Transaction,
  instanceId: Id,
  id: Id,
): Promise<IdentityProvider | undefined> {
  const [row] = await tx.sql<ProviderRow>`
    UPDATE identity_providers SET id = id WHERE id = ${idBytes(id)} AND instance_id = ${idBytes(instanceId)}
    RETURNING ${providerColumns}`;
  return row && providerFrom(row);
}

export async function insertIdentityProvider(tx: Transaction, provider: IdentityProvider): Promise<void> {
  const { id, instanceId, type, name, enabled, emailDomains, provisioning, trustsEmail, isDefault } =
    provider;
  await tx.sql`
    INSERT INTO identity_providers (id, instance_id, type, name, enabled, email_domains, provisioning, trusts_email,
      is_default, claims, settings, sealed_secret, created_at, updated_at)
    VALUES (${idBytes(id)}, ${idBytes(instanceId)}, ${type}, ${name}, ${enabled}, ${JSON.stringify(emailDomains)},
      ${provisioning}, ${trustsEmail}, ${isDefault}, ${JSON.stringify(provider.claims)},
      ${JSON.stringify(provider.settings)}, ${provider.sealedSecret}, ${provider.createdAt}, ${provider.updatedAt})`;
}

/** Writes what administrators set of a provider; an error that it had before says nothing of it any more. */
export async function updateIdentityProvider(tx: Transaction, provider: IdentityProvider): Promise<void> {
  await tx.sql`
    UPDATE identity_providers SET name = ${provider.name}, enabled = ${provider.enabled},
      email_domains = ${JSON.stringify(provider.emailDomains)}, provisioning = ${provider.provisioning},
      trusts_email = ${provider.trustsEmail}, is_default = ${provider.isDefault},
      claims = ${JSON.stringify(provider.claims)}, settings = ${JSON.stringify(provider.settings)},
      sealed_secret = ${provider.sealedSecret}, updated_at = ${provider.updatedAt}, last_error = NULL,
      last_error_at = NULL
    WHERE id = ${idBytes(provider.id)} AND instance_id = ${idBytes(provider.instanceId)}`;
}

/**
 * Writes the same client secret, sealed by the master secret that writes now.
 * @param before the provider as it was read: a secret that was given in the meantime stays
 */
export async function resealProviderSecret(
  db: Pick<Database, 'write'>,
  before: Pick<IdentityProvider, 'id' | 'instanceId' | 'sealedSecret'>,
  sealed: Uint8Array,
): Promise<void> {
  await db.write`
    UPDATE identity_providers SET sealed_secret = ${sealed}
    WHERE id = ${idBytes(before.id)} AND instance_id = ${idBytes(before.instanceId)}
      AND sealed_secret = ${before.sealedSecret}`;
}

/** Takes the default from every other provider of the instance. */
export async function clearOtherDefaults(tx: Transaction, instanceId: Id, id: Id): Promise<void> {
  await tx.sql`
    UPDATE identity_providers SET is_default = 0
    WHERE instance_id = ${idBytes(instanceId)} AND id <> ${idBytes(id)} AND is_default = 1`;
}

/** Deletes a provider with all that is only there by it: identities, SCIM tokens, and what SCIM knows of users. */
export async function deleteIdentityProviderRow(tx: Transaction, instanceId: Id, id: Id): Promise<boolean> {
  const [key, instance] = [idBytes(id), idBytes(instanceId)];
  await tx.sql`DELETE FROM identities WHERE provider_id = ${key} AND instance_id = ${instance}`;
  await tx.sql`DELETE FROM scim_tokens WHERE provider_id = ${key} AND instance_id = ${instance}`;
  await tx.sql`DELETE FROM scim_users WHERE provider_id = ${key} AND instance_id = ${instance}`;
  const rows = await tx.sql`
    DELETE FROM identity_providers WHERE id = ${key} AND instance_id = ${instance} RETURNING id`;
  return rows.length === 1;
}

/**
 * Notes why a sign-in failed by the provider's fault. The same error is written once a minute at most, unless somebody has signed in since: whoever makes it
 * on purpose makes no more work than that.
 */
export async function noteProviderError(
  db: Pick<Database, 'write'>,
  provider: Pick<IdentityProvider, 'id' | 'instanceId'>,
  error: string,
  now: Instant,
): Promise<void> {
  await db.write`
    UPDATE identity_providers SET last_error = ${error}, last_error_at = ${now}
    WHERE id = ${idBytes(provider.id)} AND instance_id = ${idBytes(provider.instanceId)}
      AND (last_error_at IS NULL OR last_error_at < ${now - 60_000} OR last_error <> ${error}
        OR last_used_at > last_error_at)`;
}

/** A row of `identity_providers`, also as part of a join that names these columns. */
export function providerFrom(row: ProviderRow): IdentityProvider {
  return {
    id: idFrom(row.id),
    instanceId: idFrom(row.instance_id),
    type: row.type,
    name: row.name,
    enabled: row.enabled === 1,
    emailDomains: JSON.parse(row.email_domains) as string[],
    provisioning: row.provisioning,
    trustsEmail: row.trusts_email === 1,
    isDefault: row.is_default === 1,
    claims: JSON.parse(row.claims) as IdentityProvider['claims'],
    settings: JSON.parse(row.settings) as never,
    sealedSecret: row.sealed_secret,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    lastUsedAt: row.last_used_at,
    lastError: row.last_error,
    lastErrorAt: row.last_error_at,
  };
}
