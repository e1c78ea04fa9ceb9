import {
  type IdentityProvider,
  onlyWayIn,
  providerOfEmail,
  type SignInRule,
} from '../model/identity-provider.ts';
import type { Instance } from '../model/instance.ts';
import type { WaysIn } from '../pages/sign-in.ts';

/** What a way in to an instance leads on with. */
export interface OnTheWay {
  /** A path of this origin. */
  readonly returnTo: string;
  readonly uiLocales?: string | undefined;
  readonly loginHint?: string | undefined;
}

/** Where the way to an identity provider begins: path and query. */
export function providerUrl(
  { id }: Pick<IdentityProvider, 'id'>,
  { returnTo, uiLocales, loginHint }: OnTheWay,
): string {
  const query = new URLSearchParams({ return_to: returnTo });
  if (uiLocales !== undefined) query.set('ui_locales', uiLocales);
  if (loginHint !== undefined) query.set('login_hint', loginHint);
  return `/login/with/${id}?${query}`;
}

/**
 * By what people can sign in to an instance.
 * @param enabled the providers that are switched on
 * @param wantsPassword whether somebody has asked for the form with the password
 */
export function waysIn(
  { signIn }: Pick<Instance, 'signIn'>,
  enabled: readonly IdentityProvider[],
  onTheWay: OnTheWay,
  wantsPassword: boolean,
): WaysIn {
  const form = formOf(signIn, enabled, wantsPassword);
  const providers = [...enabled.filter(isDefault), ...enabled.filter((provider) => !isDefault(provider))];
  const { returnTo, uiLocales } = onTheWay;
  const query = new URLSearchParams({ return_to: returnTo, password: '1' });
  if (uiLocales !== undefined) query.set('ui_locales', uiLocales);
  return {
    form,
    providers: providers.map((provider) => ({
      name: provider.name,
      href: providerUrl(provider, { returnTo, uiLocales }),
    })),
    password:
      signIn.password === 'nobody' || form === 'password'
        ? undefined
        : { href: `/login?${query}`, of: signIn.password },
    isRestricted: signIn.password !== 'everybody',
  };
}

function isDefault(provider: IdentityProvider): boolean {
  return provider.isDefault;
}

function formOf(
  { password }: SignInRule,
  enabled: readonly IdentityProvider[],
  wantsPassword: boolean,
): WaysIn['form'] {
  if (password !== 'nobody' && (wantsPassword || enabled.length === 0)) return 'password';
  if (enabled.some(({ emailDomains }) => emailDomains.length > 0)) return 'email';
  return password === 'everybody' ? 'password' : 'none';
}

/**
 * The provider that somebody is led to without being shown the sign-in page: the only way in, or the one that has the domain of the address
 * that they are expected to have.
 */
export function leadsStraightTo(
  { signIn }: Pick<Instance, 'signIn'>,
  enabled: readonly IdentityProvider[],
  email: string | undefined,
): IdentityProvider | undefined {
  return (email === undefined ? undefined : providerOfEmail(email, enabled)) ?? onlyWayIn(signIn, enabled);
}
