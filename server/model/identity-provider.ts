import type { Id } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';
import { emailDomainOf } from './identity-provider-rules.ts';
import type { Role } from './user.ts';

export const providerTypes = ['oidc', 'saml', 'handover'] as const;
export type ProviderType = (typeof providerTypes)[number];

/** What becomes of somebody whom a provider vouches for and nobody here knows: an account is made for them, or they are turned away. */
export const provisionings = ['create', 'existing'] as const;
export type Provisioning = (typeof provisionings)[number];

/** Which claims of a provider say what of a user; what is not there is read from where the type has it. */
export interface ClaimMapping {
  /** What tells the provider's users from each other, for good. */
  readonly subject?: string;
  readonly email?: string;
  readonly name?: string;
  readonly locale?: string;
  /** Whoever has one of the values in this claim is an administrator, as long as they have it. */
  readonly administrator?: { readonly claim: string; readonly values: readonly string[] };
  /** Those that become claims of the user, under their own names. */
  readonly copy?: readonly string[];
}

/** What an OpenID Connect provider needs besides; the client secret is sealed in a column of its own. */
export interface OidcSettings {
  readonly issuer: string;
  readonly client_id: string;
  readonly scopes: readonly string[];
}

/** One of the two is there: the document itself, or where it is. */
export interface SamlSettings {
  readonly metadata: string | null;
  readonly metadata_url: string | null;
  /** Whether somebody may arrive who was not sent there from here. */
  readonly allow_unsolicited: boolean;
}

/** The product that hands its users over. One of `jwks` and `jwks_uri` is there. */
export interface HandoverSettings {
  readonly login_url: string;
  readonly issuer: string;
  readonly jwks: { readonly keys: readonly object[] } | null;
  readonly jwks_uri: string | null;
}

interface ProviderOf<Type extends ProviderType, Settings> {
  readonly id: Id;
  readonly instanceId: Id;
  readonly type: Type;
  /** What people read on its button. */
  readonly name: string;
  readonly enabled: boolean;
  /** Lower case; an address in one of them leads to this provider. */
  readonly emailDomains: readonly string[];
  readonly provisioning: Provisioning;
  /** Whether an address that it calls verified links its owner to an account here. */
  readonly trustsEmail: boolean;
  /** Where people are led who have no other way to sign in. One of an instance at most. */
  readonly isDefault: boolean;
  readonly claims: ClaimMapping;
  readonly settings: Settings;
  /** The client secret, sealed for this provider; null where there is none. */
  readonly sealedSecret: Uint8Array | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly lastUsedAt: Instant | null;
  /** Why the last sign-in by it failed that failed by its fault: a sentence for administrators. */
  readonly lastError: string | null;
  readonly lastErrorAt: Instant | null;
}

export type OidcProvider = ProviderOf<'oidc', OidcSettings>;
export type SamlProvider = ProviderOf<'saml', SamlSettings>;
export type HandoverProvider = ProviderOf<'handover', HandoverSettings>;

/** Somebody else who may say who a person is: an identity provider, or the product that has its users itself. */
export type IdentityProvider = OidcProvider | SamlProvider | HandoverProvider;

/** What a provider calls one of its users, and whom it means here. */
export interface Identity {
  readonly id: Id;
  readonly instanceId: Id;
  readonly providerId: Id;
  readonly subject: string;
  readonly userId: Id;
  /** Whether it was this provider that made the user an administrator. */
  readonly gaveRole: boolean;
  readonly createdAt: Instant;
  readonly lastUsedAt: Instant | null;
}

/** Who may sign in by a password. */
export const passwordSignIns = ['everybody', 'administrators', 'nobody'] as const;
export type PasswordSignIn = (typeof passwordSignIns)[number];

/** By what people may sign in to an instance, besides its providers. */
export interface SignInRule {
  readonly password: PasswordSignIn;
}

/** Whether somebody with this role may sign in by a password. */
export function mayUsePassword({ password }: SignInRule, role: Role): boolean {
  return password === 'everybody' || (password === 'administrators' && role === 'administrator');
}

/** The provider that people are led to who have no other way to sign in: the default, or the only one. */
export function onlyWayIn(
  { password }: SignInRule,
  enabled: readonly IdentityProvider[],
): IdentityProvider | undefined {
  if (password !== 'nobody') return undefined;
  return enabled.length === 1 ? enabled[0] : enabled.find(({ isDefault }) => isDefault);
}

/** The provider that people with this address sign in by: the one that has its domain. */
export function providerOfEmail(
  email: string,
  enabled: readonly IdentityProvider[],
): IdentityProvider | undefined {
  const domain = emailDomainOf(email);
  return enabled.find(({ emailDomains }) => domain !== null && emailDomains.includes(domain));
}
