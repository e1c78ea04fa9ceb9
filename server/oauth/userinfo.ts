import type { Instance } from '../model/instance.ts';
import { allowedClaims, claimsAbout, userClaimNames, userClaims } from '../model/openid.ts';
import { openidScope } from '../model/scopes.ts';
import { findUserWithOpenid } from '../store/users.ts';
import { claimsOfScopes } from './audience.ts';
import { BearerError } from './errors.ts';
import type { Needs } from './needs.ts';
import { verifyAccessToken } from './tokens/access-token.ts';

/** The claims of an answer of the userinfo endpoint (OpenID Connect Core 5.3.2): `sub`, and what was granted. */
export interface UserinfoResponse {
  readonly sub: string;
  readonly [claim: string]: unknown;
}

/**
 * Who the user of an access token is (OpenID Connect Core 5.3), by the scopes that count now and the claims that were asked for one by
 * one.
 * @param token the access token; undefined when the request had none
 * @throws BearerError `invalid_token` for one that is not good, `insufficient_scope` for one without `openid`
 */
export async function userinfo(
  needs: Needs,
  instance: Instance,
  token: string | undefined,
): Promise<UserinfoResponse> {
  if (token === undefined) throw new BearerError(null, 'the request has no access token');
  const good = await verifyAccessToken(needs, instance, token);
  if (!good) throw new BearerError('invalid_token', 'the access token is not good, or not any more');
  const { claims, scopes, application } = good;
  if (!scopes.includes(openidScope))
    throw new BearerError('insufficient_scope', `the access token must have the scope ${openidScope}`, {
      scope: openidScope,
    });
  const { sub, authorization_id: authorizationId = null } = claims;
  const found = await findUserWithOpenid(needs.db, instance.id, sub, authorizationId);
  if (!found) throw new BearerError('invalid_token', 'there is no such user any more');
  const { user, openid } = found;
  const asked = allowedClaims(openid?.userinfo ?? [], application.scopes);
  const told = userClaimNames.filter(
    (name) => scopes.includes(userClaims[name].scope) || asked.includes(name),
  );
  const product = claimsOfScopes(instance, scopes);
  const own = Object.entries(user.claims).filter(([name]) => product.includes(name));
  return { ...Object.fromEntries(own), sub: user.subject, ...claimsAbout(user, told) };
}
