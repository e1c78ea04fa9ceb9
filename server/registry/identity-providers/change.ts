import { perform } from '../../authorizations/act.ts';
import { type Id, newId } from '../../base/ids.ts';
import { type FieldError, Refusal, refuseFieldErrors } from '../../base/refusal.ts';
import { recordAuditEvent } from '../../events/record.ts';
import type { Act } from '../../model/act.ts';
import { differences, initialValues, withoutEmptyTexts } from '../../model/fields.ts';
import type { IdentityProvider, ProviderType } from '../../model/identity-provider.ts';
import {
  checkProvider,
  linesOfProviderType,
  type ProviderValues,
  providerFieldLines,
  providerValues,
  withProviderValues,
} from '../../model/identity-provider-fields.ts';
import {
  checkProviderSecret,
  emailDomainKey,
  maxProviders,
  withoutReplaced,
} from '../../model/identity-provider-rules.ts';
import { requireRecentAuthentication } from '../../model/recent-authentication.ts';
import {
  clearOtherDefaults,
  deleteIdentityProviderRow,
  insertIdentityProvider,
  listIdentityProviders,
  updateIdentityProvider,
} from '../../store/identity-providers.ts';
import type { Needs } from '../needs.ts';
import { lockExistingProvider } from './existing.ts';
import { refuseBadKeys } from './keys.ts';
import { refuseBadMetadata } from './saml-metadata.ts';
import { sealProviderSecret } from './secret.ts';

/** Fields of an identity provider as a request gives them; what is not given stays, or is what new ones have. */
export interface ProviderChange extends Partial<ProviderValues> {
  /** Null takes it away. */
  readonly clientSecret?: string | null | undefined;
}

export interface NewProvider extends ProviderChange {
  readonly type: ProviderType;
}

/**
 * Registers an identity provider, which takes a recent authentication: whoever it vouches for can sign in here.
 * @throws Refusal `validation_failed`, `private_key_refused`, `identity_provider_limit_reached`, `reauthentication_required`, and those of an
 *   act (`perform`)
 */
export async function createProvider(
  needs: Needs,
  act: Act,
  { type, clientSecret, ...given }: NewProvider,
): Promise<IdentityProvider> {
  const { instanceId } = act;
  const initial = initialValues(linesOfProviderType(type), { type });
  const values = { ...initial, ...normalized(given) };
  refuseFieldErrors([...checkProvider(type, values), ...checkSecret(clientSecret)]);
  refuseBadMetadata(values.metadata, needs.clock());
  await refuseBadKeys(values.jwks, needs.clock());

  const made = await perform(needs, act, administrator, async ({ tx, now, authenticatedAt }) => {
    const others = await listIdentityProviders(tx, instanceId);
    if (others.length >= maxProviders)
      throw new Refusal(
        'identity_provider_limit_reached',
        `An instance has at most ${maxProviders} identity providers. Delete one first.`,
      );
    refuseFieldErrors(findTakenDomains(values.emailDomains, others));
    requireRecentAuthentication(authenticatedAt, now);
    const empty = {
      id: newId(now),
      instanceId,
      type,
      sealedSecret: null,
      createdAt: now,
      updatedAt: now,
      lastUsedAt: null,
      lastError: null,
      lastErrorAt: null,
    };
    const provider = withSecret(needs, withProviderValues(empty, values), clientSecret);
    await insertIdentityProvider(tx, provider);
    if (provider.isDefault) await clearOtherDefaults(tx, instanceId, provider.id);
    await recordAuditEvent(tx, now, {
      ...act,
      type: 'identity_provider.created',
      detail: { provider: provider.name, provider_id: provider.id, type },
    });
    return provider;
  });
  needs.identityProviders.clear();
  return made;
}

/**
 * Changes the fields that are given. What is there already is no change, and leaves no trace. A client secret is for the issuer that it was
 * given for: with another issuer it is forgotten, unless one comes with it.
 * @throws Refusal `identity_provider_not_found`, `validation_failed`, `private_key_refused`, `reauthentication_required`, and those of an act
 *   (`perform`)
 */
export async function changeProvider(
  needs: Needs,
  act: Act,
  id: Id,
  { clientSecret, ...given }: ProviderChange,
): Promise<IdentityProvider> {
  const { instanceId } = act;
  const change = normalized(withoutReplaced(given));
  refuseBadMetadata(change.metadata, needs.clock());
  await refuseBadKeys(change.jwks, needs.clock());

  const changed = await perform(needs, act, administrator, async ({ tx, now, authenticatedAt }) => {
    const before = await lockExistingProvider(tx, instanceId, id);
    const values = { ...providerValues(before), ...change };
    refuseFieldErrors([...checkProvider(before.type, values), ...checkSecret(clientSecret)]);
    if (change.emailDomains) {
      const others = (await listIdentityProviders(tx, instanceId)).filter((other) => other.id !== id);
      refuseFieldErrors(findTakenDomains(change.emailDomains, others));
    }
    const { changed: lines } = differences(providerFieldLines, providerValues(before), change);
    const changed = lines.map(({ name }) => name);
    const secretNow = clientSecret === undefined && changed.includes('issuer') ? null : clientSecret;
    // Another secret may be the same again: nobody compares.
    if (secretNow || (secretNow === null && before.sealedSecret)) changed.push('client_secret');
    if (changed.length === 0) return before;
    requireRecentAuthentication(authenticatedAt, now);
    const after = withSecret(needs, { ...withProviderValues(before, values), updatedAt: now }, secretNow);
    await updateIdentityProvider(tx, after);
    if (after.isDefault) await clearOtherDefaults(tx, instanceId, id);
    await recordAuditEvent(tx, now, {
      ...act,
      type: 'identity_provider.updated',
      detail: { provider: after.name, provider_id: id, changed },
    });
    return { ...after, lastError: null, lastErrorAt: null };
  });
  needs.identityProviders.clear();
  return changed;
}

/**
 * Deletes a provider with its identities and SCIM tokens, which takes a recent authentication: people who have no other way to sign in are
 * locked out. Users, their roles and their sessions stay.
 * @throws Refusal `identity_provider_not_found`, `reauthentication_required`, and those of an act (`perform`)
 */
export async function deleteProvider(needs: Needs, act: Act, id: Id): Promise<void> {
  const { instanceId } = act;
  await perform(needs, act, administrator, async ({ tx, now, authenticatedAt }) => {
    const { name, type } = await lockExistingProvider(tx, instanceId, id);
    requireRecentAuthentication(authenticatedAt, now);
    await deleteIdentityProviderRow(tx, instanceId, id);
    await recordAuditEvent(tx, now, {
      ...act,
      type: 'identity_provider.deleted',
      detail: { provider: name, provider_id: id, type },
    });
  });
  needs.identityProviders.clear();
}

/** One at a time: they are counted, and share the domains and the default. */
const administrator = { authority: 'administrator', alone: true } as const;

/** Domains in the form in which they are compared; those that are none stay as they are, to be named. */
function normalized(given: Partial<ProviderValues>): Partial<ProviderValues> {
  const { emailDomains, claims, jwks, ...rest } = withoutEmptyTexts(providerFieldLines, given);
  return {
    ...rest,
    // Of a set nothing is kept but its keys.
    ...(jwks !== undefined && { jwks: jwks && { keys: jwks.keys } }),
    ...(emailDomains && { emailDomains: emailDomains.map((domain) => emailDomainKey(domain) ?? domain) }),
    ...(claims && { claims: { ...claims, copy: claims.copy ?? [] } }),
  };
}

function checkSecret(clientSecret: string | null | undefined): FieldError[] {
  const message = clientSecret == null ? null : checkProviderSecret(clientSecret);
  return message === null ? [] : [{ path: 'client_secret', message }];
}

/** Names the other provider, so that people know where to take the domain away. */
function findTakenDomains(
  domains: readonly string[] = [],
  others: readonly IdentityProvider[],
): FieldError[] {
  return domains.flatMap((domain, index) => {
    const other = others.find(({ emailDomains }) => emailDomains.includes(domain));
    return other
      ? [{ path: `email_domains.${index}`, message: `belongs to the identity provider ${other.name}` }]
      : [];
  });
}

function withSecret<P extends IdentityProvider>(
  { secret }: Needs,
  provider: P,
  clientSecret: string | null | undefined,
): P {
  if (clientSecret === undefined || provider.type !== 'oidc') return provider;
  const sealedSecret = clientSecret === null ? null : sealProviderSecret(secret, provider, clientSecret);
  return { ...provider, sealedSecret };
}
