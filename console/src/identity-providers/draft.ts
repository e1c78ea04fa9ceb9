import type { ClaimMapping } from '../../../server/model/identity-provider.ts';
import { withoutReplaced } from '../../../server/model/identity-provider-rules.ts';
import type { ProviderFields } from '../api/identity-providers.ts';
import type { IdentityProvider, ProviderType } from '../api/types.ts';

/** A provider as it is being edited: what each control shows. Lists are texts, an entry a line. */
export interface Draft {
  readonly name: string;
  readonly enabled: boolean;
  readonly default: boolean;
  readonly email_domains: string;
  readonly provisioning: IdentityProvider['provisioning'];
  readonly trusts_email: boolean;
  readonly subject: string;
  readonly email: string;
  readonly claim_name: string;
  readonly locale: string;
  readonly role_claim: string;
  readonly role_values: string;
  readonly copy: string;
  readonly issuer: string;
  readonly client_id: string;
  /** Empty: as it is. */
  readonly client_secret: string;
  readonly forgets_secret: boolean;
  readonly scopes: string;
  /** Which one of a pair is there: what the type has, by itself or at a URL. */
  readonly source: 'url' | 'text';
  readonly metadata: string;
  readonly metadata_url: string;
  readonly allow_unsolicited: boolean;
  readonly login_url: string;
  readonly jwks: string;
  readonly jwks_uri: string;
}

/** The draft with nothing changed. */
export function draftOf(provider: Partial<IdentityProvider>): Draft {
  const { claims = {}, jwks } = provider as { claims?: ClaimMapping; jwks?: object | null };
  const { administrator } = claims;
  return {
    name: provider.name ?? '',
    enabled: provider.enabled ?? true,
    default: provider.default ?? false,
    email_domains: inLines(provider.email_domains),
    provisioning: provider.provisioning ?? 'create',
    trusts_email: provider.trusts_email ?? false,
    subject: claims.subject ?? '',
    email: claims.email ?? '',
    claim_name: claims.name ?? '',
    locale: claims.locale ?? '',
    role_claim: administrator?.claim ?? '',
    role_values: inLines(administrator?.values),
    copy: inLines(claims.copy),
    issuer: provider.issuer ?? '',
    client_id: provider.client_id ?? '',
    client_secret: '',
    forgets_secret: false,
    scopes: inLines(provider.scopes ?? ['openid', 'profile', 'email']),
    source: provider.metadata || jwks ? 'text' : 'url',
    metadata: provider.metadata ?? '',
    metadata_url: provider.metadata_url ?? '',
    allow_unsolicited: provider.allow_unsolicited ?? false,
    login_url: provider.login_url ?? '',
    jwks: jwks ? JSON.stringify(jwks, null, 2) : '',
    jwks_uri: provider.jwks_uri ?? '',
  };
}

/** What the draft says of a whole provider of this type, as the API takes it. A key set that is no JSON stays a text. */
export function fieldsOf(type: ProviderType, draft: Draft): ProviderFields {
  return {
    name: draft.name.trim(),
    enabled: draft.enabled,
    default: draft.default,
    email_domains: entriesOf(draft.email_domains),
    provisioning: draft.provisioning,
    trusts_email: draft.trusts_email,
    claims: claimsOf(draft),
    ...ofType[type](draft),
  };
}

const ofType: Record<ProviderType, (draft: Draft) => ProviderFields> = {
  oidc: ({ issuer, client_id, scopes }) => ({
    issuer: issuer.trim(),
    client_id: client_id.trim(),
    scopes: scopes.split(/\s+/).filter((scope) => scope !== ''),
  }),
  saml: ({ source, metadata, metadata_url, allow_unsolicited }) => ({
    metadata: source === 'text' ? metadata.trim() || null : null,
    metadata_url: source === 'url' ? metadata_url.trim() || null : null,
    allow_unsolicited,
  }),
  handover: ({ source, login_url, issuer, jwks, jwks_uri }) => ({
    login_url: login_url.trim(),
    issuer: issuer.trim(),
    jwks: source === 'text' ? keySetOf(jwks) : null,
    jwks_uri: source === 'url' ? jwks_uri.trim() || null : null,
  }),
};

/** The fields that the draft changes. */
export function changesOf(provider: IdentityProvider, draft: Draft): ProviderFields {
  const { type } = provider;
  const [before, after] = [fieldsOf(type, draftOf(provider)), fieldsOf(type, draft)];
  const changed = Object.entries(after).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]),
  );
  return withoutReplaced({ ...Object.fromEntries(changed), ...secretOf(type, draft) });
}

/** The client secret, where there is one to send. */
export function secretOf(
  type: ProviderType,
  { client_secret, forgets_secret }: Draft,
): { readonly client_secret?: string | null } {
  if (type !== 'oidc') return {};
  if (client_secret !== '') return { client_secret };
  return forgets_secret ? { client_secret: null } : {};
}

function claimsOf(draft: Draft): ClaimMapping {
  const { role_claim: claim, role_values } = draft;
  const names = {
    subject: draft.subject.trim(),
    email: draft.email.trim(),
    name: draft.claim_name.trim(),
    locale: draft.locale.trim(),
  };
  const values = entriesOf(role_values);
  return {
    ...Object.fromEntries(Object.entries(names).filter(([, name]) => name !== '')),
    ...((claim.trim() !== '' || values.length > 0) && { administrator: { claim: claim.trim(), values } }),
    copy: entriesOf(draft.copy),
  };
}

function keySetOf(text: string): unknown {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function inLines(entries: readonly string[] = []): string {
  return entries.join('\n');
}

function entriesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
