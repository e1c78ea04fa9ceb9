import type { FieldError } from '../base/refusal.ts';
import { checkName } from '../base/text.ts';
import type { ClaimMapping, HandoverSettings, ProviderType } from './identity-provider.ts';
import { checkCalledUri, findTargetMistake, type RedirectUriMistake } from './redirect-uri.ts';
import { checkClaimName } from './user-claims.ts';

/** So many an instance has at most. */
export const maxProviders = 20;
export const maxEmailDomains = 100;
export const maxClaimNameLength = 255;
export const maxRoleValues = 50;
export const maxCopiedClaims = 50;
export const maxOidcScopes = 20;
export const maxClientSecretLength = 1024;
/** Characters. */
export const maxMetadataLength = 256 * 1024;
export const maxHandoverKeys = 20;
/** As much as is read from a `jwks_uri`. */
const maxKeySetLength = 64 * 1024;
const maxHandoverIssuerLength = 500;

/** What Postern itself adds to a `login_url`: in a query of its own they would be there twice. */
const loginParameters = [
  'login_request',
  'prompt',
  'max_age',
  'login_hint',
  'ui_locales',
  'client_id',
  'client_name',
];

/**
 * The form in which domains of email addresses are stored and compared: lower case, in ASCII (RFC 5890 2.3.2.1).
 * @returns null for what is no name in the DNS
 */
export function emailDomainKey(domain: string): string | null {
  // What a URL gives a meaning of its own must not be taken for a part of a name.
  if (domain.length > 255 || !/^[^\s\p{Cc}/:@?#%\\[\]]+$/u.test(domain) || !URL.canParse(`http://${domain}`))
    return null;
  const { hostname } = new URL(`http://${domain}`);
  const labels = hostname.split('.');
  const isName = labels.every((label) => /^(?!-)[a-z0-9-]{1,63}(?<!-)$/.test(label));
  return isName && hostname.length <= 253 && !/^\d+$/.test(labels.at(-1) ?? '') ? hostname : null;
}

/** The domain of an email address in that form; null where it has none. */
export function emailDomainOf(email: string): string | null {
  return emailDomainKey(email.slice(email.lastIndexOf('@') + 1));
}

export function checkEmailDomains(domains: readonly string[]): FieldError[] {
  const keys = domains.map(emailDomainKey);
  return eachOf('email_domains', domains, maxEmailDomains, (domain, index) => {
    const key = keys[index] ?? null;
    if (key === null)
      return domain.includes('@')
        ? 'must be a domain without what stands before it: example.com'
        : 'must be a domain, such as example.com';
    return keys.indexOf(key) < index ? 'is there twice' : null;
  });
}

/** What is wrong with a mapping of claims that has the right types. */
export function checkClaimMapping({ administrator, copy = [], ...names }: ClaimMapping): FieldError[] {
  const ofName = (path: string, name: string | undefined) =>
    name === undefined ? [] : errorAt(`claims.${path}`, checkName(name, maxClaimNameLength));
  return [
    ...Object.entries(names).flatMap(([path, name]) => ofName(path, name)),
    ...ofName('administrator.claim', administrator?.claim),
    ...(administrator?.values.length === 0
      ? [{ path: 'claims.administrator.values', message: 'must have an entry' }]
      : eachOf('claims.administrator.values', administrator?.values ?? [], maxRoleValues, (value) =>
          checkName(value, maxClaimNameLength),
        )),
    ...eachOf('claims.copy', copy, maxCopiedClaims, (name, index) =>
      copy.indexOf(name) < index ? 'is there twice' : checkClaimName(name),
    ),
  ];
}

/** OpenID Connect Discovery 1.0, 3: a URL without query or fragment. A product that hands over is called as it likes. */
export function checkIssuer(issuer: string, { type }: { type: ProviderType }): string | null {
  if (type === 'handover') return checkName(issuer, maxHandoverIssuerLength);
  return checkCalledUri(issuer) ?? (issuer.includes('?') ? 'must not have a query (?)' : null);
}

export function checkClientId(clientId: string): string | null {
  return /^[\x20-\x7e]+$/.test(clientId) ? null : 'must have printable ASCII characters only';
}

/** Printable ASCII (RFC 6749, appendix A.2). */
export function checkProviderSecret(secret: string): string | null {
  if (secret === '' || secret.length > maxClientSecretLength)
    return `must have 1 to ${maxClientSecretLength} characters`;
  return /^[\x20-\x7e]+$/.test(secret) ? null : 'must have printable ASCII characters only';
}

export function checkOidcScopes(scopes: readonly string[]): FieldError[] {
  const each = eachOf('scopes', scopes, maxOidcScopes, (scope, index) => {
    if (!/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))
      return 'must have printable ASCII characters without space, " and \\';
    return scopes.indexOf(scope) < index ? 'is there twice' : null;
  });
  return scopes.includes('openid') ? each : [{ path: 'scopes', message: 'must have openid' }, ...each];
}

/** What can be said of SAML metadata without reading it: whoever signs somebody in by it reads it whole. */
export function checkMetadata(xml: string | null): string | null {
  if (xml === null || xml === '') return null;
  if (xml.length > maxMetadataLength) return `must have at most ${maxMetadataLength} characters`;
  if (/<!DOCTYPE|<!ENTITY/i.test(xml)) return 'must not have a document type declaration (DOCTYPE)';
  if (
    !/^\ufeff?\s*</.test(xml) ||
    !/<(?:[\w.-]+:)?EntityDescriptor[\s>]/.test(xml) ||
    !/<(?:[\w.-]+:)?IDPSSODescriptor[\s>]/.test(xml)
  )
    return 'must be the XML metadata of an identity provider: an EntityDescriptor with an IDPSSODescriptor';
  return null;
}

/** The first rule that a `login_url` breaks, or null. */
export function findLoginUrlMistake(url: string): RedirectUriMistake | null {
  return findTargetMistake(url, loginParameters);
}

export function checkLoginUrl(url: string): string | null {
  return findLoginUrlMistake(url)?.message ?? null;
}

/** What can be said of a key set without reading its keys. */
export function checkJwks(jwks: HandoverSettings['jwks']): string | null {
  if (jwks === null) return null;
  const keys: unknown = (jwks as { keys?: unknown }).keys;
  if (!Array.isArray(keys)) return 'must be a JSON Web Key Set, an object with a list of keys';
  if (keys.length < 1 || keys.length > maxHandoverKeys) return `must have 1 to ${maxHandoverKeys} keys`;
  return JSON.stringify(keys).length > maxKeySetLength
    ? `must have at most ${maxKeySetLength} characters of JSON`
    : null;
}

/** The pairs of fields of which a provider has one. */
const alternatives = [
  ['saml', 'metadata', 'metadata_url'],
  ['handover', 'jwks', 'jwks_uri'],
] as const;

/** That of each pair one is there, and one alone. @param values of a whole provider */
export function checkAlternatives(
  type: ProviderType,
  values: Readonly<Partial<Record<(typeof alternatives)[number][1 | 2], unknown>>>,
): FieldError[] {
  return alternatives.flatMap(([of, one, other]) => {
    if (of !== type || isGiven(values[one]) !== isGiven(values[other])) return [];
    const message = isGiven(values[one])
      ? `cannot go with ${other}: give one of the two`
      : `or ${other} is required`;
    return [{ path: one, message }];
  });
}

/** What of a change takes the place of the other one of its pair, which the change does not speak of. */
export function withoutReplaced<Change extends object>(change: Change): Change {
  const given = change as Readonly<Record<string, unknown>>;
  const replaced = alternatives.flatMap(([, one, other]) => [
    ...(isGiven(given[one]) && given[other] === undefined ? [other] : []),
    ...(isGiven(given[other]) && given[one] === undefined ? [one] : []),
  ]);
  return { ...change, ...Object.fromEntries(replaced.map((name) => [name, null])) };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function eachOf(
  path: string,
  items: readonly string[],
  max: number,
  check: (item: string, index: number) => string | null,
): FieldError[] {
  if (items.length > max) return [{ path, message: `must have at most ${max} entries` }];
  return items.flatMap((item, index) => errorAt(`${path}.${index}`, check(item, index)));
}

function errorAt(path: string, message: string | null): FieldError[] {
  return message === null ? [] : [{ path, message }];
}
