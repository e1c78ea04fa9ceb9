import { userClaimNames } from './openid.ts';

/** Bytes of JSON: tokens carry what scopes pick of it, and travel in headers. */
export const maxUserClaims = 4096;
const maxNames = 100;
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

/**
 * What is wrong with what somebody wrote as the claims of a user: an object of texts, numbers, booleans and lists of texts, of
 * `maxUserClaims` bytes at most, none of whose names tokens use already.
 * @returns a sentence, or null
 */
export function checkUserClaims(claims: unknown): string | null {
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) return 'must be an object';
  const entries = Object.entries(claims);
  if (entries.length > maxNames) return `must have at most ${maxNames} names`;
  for (const [name, value] of entries) {
    if (!nameForm.test(name))
      return 'must have names of 1 to 100 printable ASCII characters without space, " and \\';
    if (reserved.has(name)) return `must not have ${name}, which tokens use already`;
    if (!isClaimValue(value)) return `must have texts, numbers, booleans and lists of texts; ${name} is none`;
  }
  if (new TextEncoder().encode(JSON.stringify(claims)).length > maxUserClaims)
    return `must have at most ${maxUserClaims} bytes of JSON`;
  return null;
}

function isClaimValue(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((each) => typeof each === 'string');
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}
