import { checkName, maxNameLength } from '../../base/text.ts';
import { isEmail } from '../../model/email.ts';
import type { IdentityProvider } from '../../model/identity-provider.ts';
import { localeOfTags } from '../../model/language-tags.ts';
import type { Locale, UserClaims } from '../../model/user.ts';
import { findClaimsMistake } from '../../model/user-claims.ts';
import { ProviderProblem, type VouchedPerson } from './vouched.ts';

/** Somebody whom a provider vouches for, as far as it concerns us: what its claims come to by the provider's mapping. */
export interface Person {
  /** What the provider calls them, for good. */
  readonly subject: string;
  readonly email: string | undefined;
  /** Whether the provider says that the address is theirs. What that is worth here is `trusts_email`. */
  readonly emailVerified: boolean;
  readonly name: string | undefined;
  readonly locale: Locale | undefined;
  /** Undefined where the provider has no say in it. */
  readonly isAdministrator: boolean | undefined;
  readonly claims: CopiedClaims;
}

/** What becomes of the claims of a user: `values` in place of all of `names`; without names in place of everything. */
export interface CopiedClaims {
  readonly names: readonly string[] | undefined;
  readonly values: UserClaims;
}

/**
 * Reads what a provider says of somebody.
 * @throws ProviderProblem `bad_answer` without a subject that can be kept, or with claims that cannot be
 */
export function readPerson(provider: IdentityProvider, { claims }: VouchedPerson): Person {
  const { claims: mapping } = provider;
  const all = withOwnClaims(provider, claims);
  const subjectName = mapping.subject ?? 'sub';
  const subject = textOf(claimOf(all, subjectName));
  if (subject === undefined || checkName(subject, 255) !== null)
    throw new ProviderProblem(
      'bad_answer',
      `The claim ${subjectName}, by which users are told apart, must be a text of 1 to 255 characters.`,
    );
  const email = textOf(claimOf(all, mapping.email ?? 'email'))?.trim();
  const administrator = mapping.administrator;
  return {
    subject,
    email: email !== undefined && isEmail(email) ? email : undefined,
    emailVerified: isVerified(provider, all),
    name: nameOf(all, mapping.name),
    locale: localeOfTags([textOf(claimOf(all, mapping.locale ?? 'locale')) ?? '']),
    isAdministrator: administrator && hasOneOf(claimOf(all, administrator.claim), administrator.values),
    claims: copiedClaims(provider, all),
  };
}

/** A hand-over has the claims of the product in an object of their own; what stands beside it goes first. */
function withOwnClaims({ type }: IdentityProvider, claims: VouchedPerson['claims']): VouchedPerson['claims'] {
  const own = claims['claims'];
  return type === 'handover' && isObject(own) ? { ...own, ...claims } : claims;
}

/** A claim by its name, or by a path through objects: `realm_access.roles`. */
function claimOf(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: unknown = claims;
  for (const part of name.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, part)) return undefined;
    value = value[part];
  }
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  const single: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (typeof single === 'number' && Number.isSafeInteger(single)) return String(single);
  return typeof single === 'string' ? single : undefined;
}

/**
 * Whether the provider says that the address is its user's. `email_verified` speaks of the claim `email` alone. A SAML provider has no such
 * word: what it says of a user, whoever runs it has entered.
 */
function isVerified({ type, claims: mapping }: IdentityProvider, claims: VouchedPerson['claims']): boolean {
  const told = claimOf(claims, 'email_verified');
  if (type === 'saml' && told === undefined) return true;
  const isOfThatClaim = mapping.email === undefined || mapping.email === 'email' || type === 'saml';
  return isOfThatClaim && (told === true || textOf(told) === 'true');
}

function nameOf(claims: VouchedPerson['claims'], mapped: string | undefined): string | undefined {
  const whole = textOf(claimOf(claims, mapped ?? 'name'));
  const parts = ['given_name', 'family_name'].map((name) => textOf(claimOf(claims, name)) ?? '');
  return [whole ?? '', parts.join(' ')]
    .map((text) => [...text.trim()].slice(0, maxNameLength).join(''))
    .find((text) => checkName(text) === null);
}

function hasOneOf(claim: unknown, values: readonly string[]): boolean {
  const given: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  return given.some(
    (value) => ['string', 'number', 'boolean'].includes(typeof value) && values.includes(String(value)),
  );
}

/** @throws ProviderProblem `bad_answer` */
function copiedClaims(
  { type, claims: mapping }: IdentityProvider,
  claims: VouchedPerson['claims'],
): CopiedClaims {
  const { copy = [] } = mapping;
  const own = claims['claims'];
  if (copy.length > 0) {
    const found = copy.map((name) => [name, claimOf(claims, name)] as const);
    const values = Object.fromEntries(
      found.filter(([name, value]) => value !== undefined && isKept(name, value)),
    );
    return { names: copy, values: values as UserClaims };
  }
  if (type !== 'handover' || !isObject(own)) return { names: [], values: {} };
  const mistake = findClaimsMistake(own);
  if (mistake)
    throw new ProviderProblem(
      'bad_answer',
      `The claims of the user cannot be kept: ${'name' in mistake ? `${mistake.name} (${mistake.kind})` : mistake.kind}.`,
    );
  return { names: undefined, values: own as UserClaims };
}

/** What has no place among the claims of a user is left out, as is an object. */
function isKept(name: string, value: unknown): boolean {
  return findClaimsMistake({ [name]: value }) === null;
}
