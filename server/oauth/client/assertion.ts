import type { JWTPayload } from 'jose';
import { decodeJwt } from 'jose/jwt/decode';
import { instanceUrl } from '../../base/paths.ts';
import { HOUR, type Instant, SECOND } from '../../base/units.ts';
import { headerOf, isSignedBy } from '../../keys/signature.ts';
import { type Client, type PublicKey, signedWith } from '../../model/application.ts';
import type { Instance } from '../../model/instance.ts';
import { OAuthError, type OAuthErrorCode } from '../errors.ts';
import type { Needs } from '../needs.ts';
import type { Proof } from './spending.ts';

/** The clocks of client and server may differ by this much. */
const skew = 60 * SECOND;
const furthestExpiry = HOUR;

/** A JWT that a registered public key of the client signed. */
export interface Assertion {
  readonly claims: JWTPayload;
  readonly key: PublicKey;
  /** What makes it single use; none when it has no `jti`. */
  readonly proofs: readonly Proof[];
}

/** The claims as somebody wrote them, before anything is verified: only good for finding out whom to ask. */
export function readUnverified(jwt: string): JWTPayload | undefined {
  try {
    return decodeJwt(jwt);
  } catch {
    return undefined;
  }
}

/**
 * Verifies a client's assertion (RFC 7523 3, RFC 8725): signature by a key of this client, then its times,
 * audience and `jti`. Issuer and subject are the caller's to check.
 * @param rules `code` is the error that a bad assertion gets; `audience` whether `aud` must be there; `alsoAudience`
 *   a URL that `aud` may name besides the issuer and the token endpoints
 * @throws OAuthError with that code
 */
export function verifyAssertion(
  needs: Needs,
  instance: Instance,
  client: Client,
  jwt: string,
  rules: { code: OAuthErrorCode; audience: 'required' | 'optional'; alsoAudience?: string },
): Assertion {
  const refuse = (description: string) => new OAuthError(rules.code, description);
  const now = needs.clock();
  const { key, claims } = verifySignature(client, jwt, now, refuse);

  const { exp, aud, jti } = claims;
  if (exp === undefined) throw refuse('the assertion has no exp; an expiration of a few minutes is right');
  const expiresAt = exp * SECOND;
  if (expiresAt > now + furthestExpiry + skew)
    throw refuse('the exp of the assertion is more than an hour ahead (it counts seconds, not milliseconds)');
  if (claims.iat !== undefined && claims.iat * SECOND > now + skew)
    throw refuse('the iat of the assertion is in the future; check the clock of the client');
  const audiences = [
    instance.url,
    instanceUrl(instance, '/oauth2/token'),
    instanceUrl(instance, '/integrations/oauth2/api/v1/token'),
    rules.alsoAudience,
  ];
  if (aud === undefined && rules.audience === 'required')
    throw refuse('the assertion has no aud; it must be the issuer or the URL of the token endpoint');
  if (aud !== undefined && ![aud].flat().some((each) => audiences.includes(each)))
    throw refuse('the aud of the assertion is neither the issuer nor the URL of the token endpoint');
  if (jti !== undefined && (typeof jti !== 'string' || jti === '' || jti.length > 256))
    throw refuse('the jti of the assertion must be a text of at most 256 characters');
  // A NumericDate may have a fraction (RFC 7519 2), an instant has none.
  const proof = { expiresAt: Math.ceil(expiresAt) + skew, refusal: rules.code };
  return { claims, key, proofs: jti === undefined ? [] : [{ jti, ...proof }] };
}

/** The key of this client that signed the JWT, and its claims, once signature and times are right. */
function verifySignature(
  client: Client,
  jwt: string,
  now: Instant,
  refuse: (description: string) => OAuthError,
): { claims: JWTPayload; key: PublicKey } {
  const { kid } = headerOf(jwt);
  const live = client.publicKeys.filter((key) => key.notAfter === null || key.notAfter > now);
  const candidates = kid === undefined ? live : live.filter((key) => key.kid === kid);
  if (candidates.length === 0)
    throw refuse(
      kid === undefined
        ? 'the application has no public key that is valid now'
        : 'the kid of the assertion is not that of a public key of the application',
    );
  const claims = readUnverified(jwt);
  const key = candidates.find((each) => isSignedBy(each.key, signedWith[each.algorithm], jwt));
  if (!claims || !key)
    throw refuse(
      'the assertion is not a JWT signed by a public key of the application with an algorithm that suits the key',
    );
  const { exp, nbf, iat } = claims;
  if (![exp, nbf, iat].every((time) => time === undefined || Number.isFinite(time)))
    throw refuse('a time claim of the assertion (exp, nbf, iat) is not a number');
  if (nbf !== undefined && nbf * SECOND > now + skew)
    throw refuse('the assertion is not valid yet (nbf); check the clock of the client');
  if (exp !== undefined && exp * SECOND <= now - skew) throw refuse('the assertion has expired');
  return { claims, key };
}
