import { fetchUserInfo } from 'openid-client';
import type { OidcProvider } from '../../model/identity-provider.ts';
import type { Configured } from './oidc-configuration.ts';
import type { ProviderTokens } from './oidc-id-token.ts';
import { problemOfProtocol } from './oidc-problems.ts';

type Claims = Readonly<Record<string, unknown>>;

/**
 * The claims of the ID token, and those that the userinfo endpoint adds (OpenID Connect Core 1.0, 5.3). It is asked only where something is
 * read that the ID token does not have.
 * @throws ProviderProblem `bad_answer`, `unreachable`; not least when it speaks of somebody else
 */
export async function withUserinfo(
  { configuration, document }: Configured,
  provider: OidcProvider,
  { accessToken, claims }: ProviderTokens,
): Promise<Claims> {
  const told = withEmailVerified(claims);
  const isMissing = (name: string) =>
    !Object.hasOwn(told, name) && !Object.hasOwn(told, name.split('.')[0] ?? '');
  if (document.userinfo_endpoint === undefined || !namesRead(provider).some(isMissing)) return told;
  try {
    return merged(told, await fetchUserInfo(configuration, accessToken, claims.sub));
  } catch (error) {
    throw problemOfProtocol(error);
  }
}

/**
 * Entra ID does not say `email_verified`, but `xms_edov`: whether the tenant has shown that the domain of the address is its own. Both speak
 * of the address beside them.
 */
function withEmailVerified(claims: Claims): Claims {
  const { email_verified: verified, xms_edov: ownsDomain } = claims;
  const isVerified = [true, 1, '1', 'true'].some((yes) => yes === ownsDomain);
  return { ...claims, ...(verified === undefined && isVerified && { email_verified: true }) };
}

/** The claims by which an account is found and kept up to date. A language is nice to have, but no reason to ask. */
function namesRead({ claims: mapping, trustsEmail }: OidcProvider): readonly string[] {
  const { subject = 'sub', email = 'email', name = 'name', locale, administrator, copy = [] } = mapping;
  const verified = trustsEmail && email === 'email' ? ['email_verified'] : [];
  return [subject, email, ...verified, name, locale, administrator?.claim, ...copy].filter(
    (each) => each !== undefined,
  );
}

/**
 * The ID token goes first: it is signed, and what it says of the sign-in nobody else may say. That an address is verified is said of the address
 * beside it, and must not come to stand beside another one.
 */
function merged(idToken: Claims, userinfo: Claims): Claims {
  const { email_verified: verified, ...rest } = userinfo;
  const isSameAddress = idToken['email'] === undefined || idToken['email'] === userinfo['email'];
  return {
    ...rest,
    ...(isSameAddress && verified !== undefined && { email_verified: verified }),
    ...idToken,
  };
}
