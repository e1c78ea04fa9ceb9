import type { JWTPayload } from 'jose';
import { decodeJwt } from 'jose/jwt/decode';
import { instanceUrl } from '../../base/paths.ts';
import { HOUR, type Instant, SECOND } from '../../base/units.ts';
import { headerOf, isSignedBy } from '../../keys/signature.ts';
import { type Application, type Client, type PublicKey, signedWith } from '../../model/application.ts';
import type { Instance } from '../../model/instance.ts';
import { type KeyOfSet, mostKeysOfSet } from '../../registry/clients/key-set.ts';
import { KeySetUnavailable } from '../../registry/clients/key-sets.ts';
import { OAuthError, type OAuthErrorCode } from '../errors.ts';
import type { Needs } from '../needs.ts';
import type { Proof } from './spending.ts';

/** The clocks of client and server may differ by this much. */
const skew = 60 * SECOND;
const furthestExpiry = HOUR;

/** What a JWT that a key of the client signed says. */
export interface Assertion {
  readonly claims: JWTPayload;
  /** What makes it single use; none when it has no `jti`. */
  readonly proofs: readonly Proof[];
}

/** `code` is the error that a bad assertion gets. */
interface Rules {
  readonly code: OAuthErrorCode;
  /** Whether `aud` must be there. */
  readonly audience: 'required' | 'optional';
  /** A URL that `aud` may name besides the issuer and the token endpoints. */
  readonly alsoAudience?: string;
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
 * Verifies an assertion by which a client asks for something (RFC 7523 3, RFC 8725): signature by an uploaded key of this client, then its
 * times, audience and `jti`. Issuer and subject are the caller's to check.
 * @throws OAuthError with the code of the rules
 */
export function verifyAssertion(
  needs: Needs,
  instance: Instance,
  client: Client,
  jwt: string,
  rules: Rules,
): Assertion & { readonly key: PublicKey } {
  const now = needs.clock();
  const key = uploadedKeyOf(client, jwt, now);
  if (!key) {
    const others =
      client.application.jwksUri === null ? '' : '; keys at its jwks_uri act for nobody but the application';
    throw new OAuthError(rules.code, whyNoneFits(client, jwt, now) + others);
  }
  return { key, ...checkClaims(instance, jwt, now, rules) };
}

/**
 * Verifies the assertion by which a client proves who it is (RFC 7523 2.2, OpenID Connect Core 9): as above, but where no uploaded key signed it,
 * one at the client's `jwks_uri` may have. That one is asked for last, so that nothing is fetched for an assertion that is refused anyway.
 * @returns `key` is the uploaded one that signed it; null for one at `jwks_uri`
 * @throws OAuthError `invalid_client`
 */
export async function verifyClientAssertion(
  needs: Needs,
  instance: Instance,
  client: Client,
  jwt: string,
): Promise<Assertion & { readonly key: PublicKey | null }> {
  const rules: Rules = { code: 'invalid_client', audience: 'required' };
  const now = needs.clock();
  const key = uploadedKeyOf(client, jwt, now);
  const { jwksUri } = client.application;
  if (!key && (jwksUri === null || !clientAlgorithms.includes(String(headerOf(jwt)['alg']))))
    throw new OAuthError(rules.code, whyNoneFits(client, jwt, now));
  const assertion = checkClaims(instance, jwt, now, rules);
  if (!key && jwksUri !== null) await findInKeySet(needs, instance, client.application, jwksUri, jwt);
  return { key: key ?? null, ...assertion };
}

/** Every algorithm that a client may sign with. */
export const clientAlgorithms: readonly string[] = Object.values(signedWith).flat();

/** The uploaded key of this client that signed the JWT. */
function uploadedKeyOf(client: Client, jwt: string, now: Instant): PublicKey | undefined {
  return candidatesOf(client, jwt, now).find((each) => isSignedBy(each.key, signedWith[each.algorithm], jwt));
}

function candidatesOf(client: Client, jwt: string, now: Instant): readonly PublicKey[] {
  const { kid } = headerOf(jwt);
  const live = client.publicKeys.filter((key) => key.notAfter === null || key.notAfter > now);
  return kid === undefined ? live : live.filter((key) => key.kid === kid);
}

function whyNoneFits(client: Client, jwt: string, now: Instant): string {
  if (candidatesOf(client, jwt, now).length > 0)
    return 'the assertion is not a JWT signed by a public key of the application with an algorithm that suits the key';
  return headerOf(jwt)['kid'] === undefined
    ? 'the application has no public key that is valid now'
    : 'the kid of the assertion is not that of a public key of the application';
}

/** @throws OAuthError `invalid_client` when no key at the client's `jwks_uri` signed the JWT */
async function findInKeySet(
  { keySets }: Needs,
  instance: Instance,
  application: Application,
  uri: string,
  jwt: string,
): Promise<void> {
  const { kid } = headerOf(jwt);
  const fits = (each: KeyOfSet) =>
    (kid === undefined || each.kid === kid) && isSignedBy(each.key, each.algorithms, jwt);
  try {
    if (await keySets.find(instance, application, uri, fits)) return;
  } catch (error) {
    if (!(error instanceof KeySetUnavailable)) throw error;
    throw new OAuthError(
      'invalid_client',
      `the key set at the jwks_uri of the application cannot be had: ${error.message}`,
    );
  }
  throw new OAuthError(
    'invalid_client',
    `no public key of the application, neither an uploaded one nor one of the first ${mostKeysOfSet} at its jwks_uri, has the kid of the assertion and signed it with an algorithm that suits the key; a key that is new there is seen within 30 seconds`,
  );
}

/** The claims of a JWT, once its times, audience and `jti` are right. */
function checkClaims(instance: Instance, jwt: string, now: Instant, rules: Rules): Assertion {
  const refuse = (description: string) => new OAuthError(rules.code, description);
  const claims = readUnverified(jwt);
  if (!claims) throw refuse('the assertion is not a JWT');
  const { exp, nbf, iat, aud, jti } = claims;
  if (![exp, nbf, iat].every((time) => time === undefined || Number.isFinite(time)))
    throw refuse('a time claim of the assertion (exp, nbf, iat) is not a number');
  if (nbf !== undefined && nbf * SECOND > now + skew)
    throw refuse('the assertion is not valid yet (nbf); check the clock of the client');
  if (exp === undefined) throw refuse('the assertion has no exp; an expiration of a few minutes is right');
  const expiresAt = exp * SECOND;
  if (expiresAt <= now - skew) throw refuse('the assertion has expired');
  if (expiresAt > now + furthestExpiry + skew)
    throw refuse('the exp of the assertion is more than an hour ahead (it counts seconds, not milliseconds)');
  if (iat !== undefined && iat * SECOND > now + skew)
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
  return { claims, proofs: jti === undefined ? [] : [{ jti, ...proof }] };
}
