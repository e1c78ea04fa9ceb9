import type { MessageKey } from '../../../intl/messages.ts';

/** What the members of tokens and of introspection answers mean. */
const claims: Record<string, MessageKey> = {
  active: 'try.claim_active',
  alg: 'try.claim_alg',
  aud: 'try.claim_aud',
  authorization_id: 'try.claim_authorization_id',
  client_id: 'try.claim_client_id',
  credential_id: 'try.claim_credential_id',
  exp: 'try.claim_exp',
  iat: 'try.claim_iat',
  instance_id: 'try.claim_instance_id',
  iss: 'try.claim_iss',
  jti: 'try.claim_jti',
  kid: 'try.claim_kid',
  scope: 'try.claim_scope',
  sub: 'try.claim_sub',
  token_type: 'try.claim_token_type',
  token_use: 'try.claim_token_use',
  typ: 'try.claim_typ',
};

/** What the same members mean in an assertion that a client signs. */
const assertionClaims: Record<string, MessageKey> = {
  ...claims,
  aud: 'try.assertion_aud',
  iss: 'try.assertion_iss',
  jti: 'try.assertion_jti',
  kid: 'try.assertion_kid',
  sub: 'try.assertion_sub',
  typ: 'try.assertion_typ',
};

/** What the claims of an ID token and of a userinfo answer mean. */
const identityClaims: Record<string, MessageKey> = {
  acr: 'try.identity_acr',
  alg: 'try.claim_alg',
  amr: 'try.identity_amr',
  at_hash: 'try.identity_at_hash',
  aud: 'try.identity_aud',
  auth_time: 'try.identity_auth_time',
  email: 'try.identity_email',
  email_verified: 'try.identity_email_verified',
  exp: 'try.claim_exp',
  iat: 'try.claim_iat',
  iss: 'try.claim_iss',
  kid: 'try.claim_kid',
  locale: 'try.identity_locale',
  name: 'try.identity_name',
  nonce: 'try.identity_nonce',
  sid: 'try.identity_sid',
  sub: 'try.identity_sub',
  typ: 'try.assertion_typ',
  updated_at: 'try.identity_updated_at',
};

/** The meanings by kind of token. */
export const meanings = { token: claims, assertion: assertionClaims, identity: identityClaims } as const;

/** The members that are instants, in Unix seconds. */
export const instants: ReadonlySet<string> = new Set(['auth_time', 'exp', 'iat', 'nbf', 'updated_at']);
