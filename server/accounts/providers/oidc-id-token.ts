import { hash } from 'node:crypto';
import type { IDToken } from 'openid-client';
import { type Instant, MINUTE, SECOND } from '../../base/units.ts';
import { headerOf, isSignedBy } from '../../keys/signature.ts';
import type { OidcProvider } from '../../model/identity-provider.ts';
import type { Instance } from '../../model/instance.ts';
import { type KeyOfSet, mostKeysOfSet } from '../../registry/clients/key-set.ts';
import { KeySetUnavailable } from '../../registry/clients/key-sets.ts';
import type { DiscoveryDocument } from '../../registry/identity-providers/discovery-document.ts';
import { skew } from './oidc-configuration.ts';
import { type LoginRequest, type ProviderNeeds, ProviderProblem } from './vouched.ts';

/** What a code was redeemed for. */
export interface ProviderTokens {
  readonly accessToken: string;
  readonly idToken: string;
  /** Of the ID token. */
  readonly claims: IDToken;
}

/** A token is made when it is asked for, not kept. The nonce says so too; this tells of a clock that is far behind. */
const earliest = 5 * MINUTE;

/**
 * Checks of an ID token what openid-client does not: the signature, which it leaves to TLS in this flow; `azp`
 * beside a single `aud`, `iat`, `auth_time` and `at_hash`.
 * @returns when the person showed the provider who they are; null where it does not tell
 * @throws ProviderProblem `bad_answer`, `unreachable`
 */
export async function checkIdToken(
  needs: ProviderNeeds,
  instance: Instance,
  provider: OidcProvider,
  document: DiscoveryDocument,
  { startedAt }: LoginRequest,
  { idToken, accessToken, claims }: ProviderTokens,
): Promise<Instant | null> {
  const now = needs.clock();
  await checkSignature(needs, instance, provider, document, idToken);

  const { iat, azp, auth_time: authTime, at_hash: atHash } = claims;
  if (azp !== undefined && azp !== provider.settings.client_id)
    throw bad('The ID token was made for another client (azp).');
  if (iat * SECOND > now + skew)
    throw bad(
      'The iat of the ID token is in the future: check the clocks of the provider and of this server.',
    );
  if (iat * SECOND < startedAt - earliest)
    throw bad(
      'The iat of the ID token is from before the sign-in began: check the clocks of the provider and of this server.',
    );
  if (authTime !== undefined && authTime * SECOND > now + skew)
    throw bad('The auth_time of the ID token is in the future.');
  if (atHash !== undefined && atHash !== halfHash(String(headerOf(idToken)['alg']), accessToken))
    throw bad('The at_hash of the ID token is not that of the access token that came with it.');

  return authTime === undefined ? null : Math.min(authTime * SECOND, now);
}

/** @throws ProviderProblem unless a key that the provider publishes made the signature (OpenID Connect Core 1.0, 3.1.3.7) */
async function checkSignature(
  { keySets }: ProviderNeeds,
  instance: Instance,
  { id, updatedAt }: OidcProvider,
  { jwks_uri: uri }: DiscoveryDocument,
  idToken: string,
): Promise<void> {
  const { kid } = headerOf(idToken);
  // That the provider claims to use the algorithm was seen by openid-client.
  const fits = ({ key, kid: named, algorithms }: KeyOfSet) =>
    (kid === undefined || kid === named) && isSignedBy(key, algorithms, idToken);
  try {
    if (await keySets.find(instance, { id, version: updatedAt }, uri, fits)) return;
  } catch (error) {
    if (!(error instanceof KeySetUnavailable)) throw error;
    throw new ProviderProblem(
      'unreachable',
      `The key set at the jwks_uri of the provider cannot be had: ${error.message}.`,
    );
  }
  throw bad(
    `The ID token is signed by none of the first ${mostKeysOfSet} keys at the jwks_uri of the provider. A key that is new there is seen within 30 seconds.`,
  );
}

/** `at_hash` of an access token (OpenID Connect Core 1.0, 3.1.3.6). */
function halfHash(alg: string, accessToken: string): string {
  const digest = alg.endsWith('256') ? 'sha256' : alg.endsWith('384') ? 'sha384' : 'sha512';
  const whole = hash(digest, accessToken, 'buffer');
  return whole.subarray(0, whole.length / 2).toString('base64url');
}

function bad(message: string): ProviderProblem {
  return new ProviderProblem('bad_answer', message);
}
