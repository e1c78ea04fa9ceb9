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

/** The meanings by kind of token. */
export const meanings = { token: claims, assertion: assertionClaims } as const;

/** The members that are instants, in Unix seconds. */
export const instants: ReadonlySet<string> = new Set(['exp', 'iat', 'nbf']);
