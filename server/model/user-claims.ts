import { userClaimNames } from './openid.ts';

/** Bytes of JSON: tokens carry what scopes pick of it, and travel in headers. */
export const maxUserClaims = 4096;
export const maxClaimNames = 100;
const nameForm = /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/;

/** What tokens and userinfo say by themselves (RFC 7519 4.1, RFC 9068 2.2, OpenID Connect Core 2), and what RFC 8693 and 9449 give a meaning. */
const reserved: ReadonlySet<string> = new Set([
  ...[
    'iss',
    'sub',
    'aud',
    'exp',
    'nbf',
    'iat',
    'jti',
    'client_id',
    'scope',
    'cnf',
    'act',
    'may_act',
    'azp',
    'events',
  ],
  ...[
    'auth_time',
    'nonce',
    'acr',
    'amr',
    'sid',
    'at_hash',
    'c_hash',
    's_hash',
    'active',
    'token_type',
    'token_use',
  ],
  ...[
    'instance_id',
    'authorization_id',
    'credential_id',
    'username',
    '__proto__',
    'constructor',
    'prototype',
  ],
  ...userClaimNames,
]);

/** What is wrong with claims; `name` is the one that is. */
export type ClaimsMistake =
  | { readonly kind: 'no_object' | 'too_many' | 'too_large' }
  | { readonly kind: 'form_of_name' | 'reserved' | 'value'; readonly name: string };

/**
 * What is wrong with what somebody wrote as the claims of a user: an object of texts, numbers, booleans and lists of texts, of
 * `maxUserClaims` bytes at most, none of whose names tokens use already.
 * @returns null when nothing is
 */
export function findClaimsMistake(claims: unknown): ClaimsMistake | null {
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) return { kind: 'no_object' };
  const entries = Object.entries(claims);
  if (entries.length > maxClaimNames) return { kind: 'too_many' };
  for (const [name, value] of entries) {
    if (!nameForm.test(name)) return { kind: 'form_of_name', name };
    if (reserved.has(name)) return { kind: 'reserved', name };
    if (!isClaimValue(value)) return { kind: 'value', name };
  }
  return claimsSize(claims) > maxUserClaims ? { kind: 'too_large' } : null;
}

/** @returns a sentence about `findClaimsMistake`, or null */
export function checkUserClaims(claims: unknown): string | null {
  const mistake = findClaimsMistake(claims);
  switch (mistake?.kind) {
    case undefined:
      return null;
    case 'no_object':
      return 'must be an object';
    case 'too_many':
      return `must have at most ${maxClaimNames} names`;
    case 'form_of_name':
      return 'must have names of 1 to 100 printable ASCII characters without space, " and \\';
    case 'reserved':
      return `must not have ${mistake.name}, which tokens use already`;
    case 'value':
      return `must have texts, numbers, booleans and lists of texts; ${mistake.name} is none`;
    case 'too_large':
      return `must have at most ${maxUserClaims} bytes of JSON`;
  }
}

/** What is wrong with the name of a claim of users. @returns a sentence, or null */
export function checkClaimName(name: string): string | null {
  if (!nameForm.test(name)) return 'must be 1 to 100 printable ASCII characters without space, " and \\';
  return reserved.has(name) ? 'is a name that tokens use already' : null;
}

/** Bytes of JSON that claims take. */
export function claimsSize(claims: object): number {
  return new TextEncoder().encode(JSON.stringify(claims)).length;
}

function isClaimValue(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((each) => typeof each === 'string');
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}
