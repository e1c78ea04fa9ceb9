import type { Id } from '../base/ids.ts';
import { type Instant, toUnixSeconds } from '../base/units.ts';
import type { Authentication } from './authentication.ts';
import type { User } from './user.ts';

/** What a claim tells of a user, and the scope that asks for it with the others of that scope (OpenID Connect Core 5.4). */
interface UserClaim {
  readonly scope: 'profile' | 'email';
  /** Undefined where there is nothing to tell: the claim is left out then. */
  readonly of: (user: User) => string | number | boolean | undefined;
}

/** The claims about users besides `sub` (OpenID Connect Core 5.1). */
export const userClaims = {
  name: { scope: 'profile', of: ({ name }: User) => name },
  locale: { scope: 'profile', of: ({ locale }: User) => locale ?? undefined },
  updated_at: {
    scope: 'profile',
    of: ({ updatedAt, createdAt }: User) => toUnixSeconds(updatedAt ?? createdAt),
  },
  email: { scope: 'email', of: ({ email }: User) => email },
  email_verified: { scope: 'email', of: ({ emailVerified }: User) => emailVerified },
} as const satisfies Record<string, UserClaim>;
export type UserClaimName = keyof typeof userClaims;
export const userClaimNames = Object.keys(userClaims) as UserClaimName[];

/** What these claims say of a user; those that have nothing to say are left out. */
export function claimsAbout(user: User, names: Iterable<UserClaimName>): Record<string, unknown> {
  const claims: Record<string, unknown> = {};
  for (const name of names) {
    const value = userClaims[name].of(user);
    if (value !== undefined) claims[name] = value;
  }
  return claims;
}

/** Those of the claims whose scope the application may ask for: it gets none, and keeps none, that it could not get by a scope. */
export function allowedClaims(names: readonly UserClaimName[], allowed: readonly string[]): UserClaimName[] {
  return names.filter((name) => allowed.includes(userClaims[name].scope));
}

/** What the `claims` parameter asks for one by one, for each of the two places (OpenID Connect Core 5.5). */
export interface ClaimsByPlace {
  readonly idToken: readonly UserClaimName[];
  readonly userinfo: readonly UserClaimName[];
}

/** How strong a sign-in was: by one factor or by two (`acr`). */
export const authenticationClasses = ['1', '2'] as const;
export type AuthenticationClass = (typeof authenticationClasses)[number];

/** What an ID token tells of the sign-in behind it, as it was when the user allowed the application what it has. */
export interface SignInTold extends ClaimsByPlace {
  /** The browser session: `sid`. */
  readonly sessionId: Id;
  /** `auth_time`; null where the provider by which they came does not tell. */
  readonly authenticatedAt: Instant | null;
  /** `amr` (RFC 8176). */
  readonly methods: readonly string[];
  /** `acr`. */
  readonly authenticationClass: AuthenticationClass;
}

/** What a client gets ID tokens about: the sign-in, and with the first of them the `nonce` of its request. */
export interface OpenidGrant extends SignInTold {
  readonly nonce: string | null;
}

/** The names of RFC 8176 2 for what somebody proves who they are by; of what another server has checked, that server tells. */
const methodNames: Readonly<Record<Authentication['method'], readonly string[]>> = {
  password: ['pwd'],
  totp: ['otp'],
  passkey: ['hwk', 'user'],
  link: [],
  provider: [],
  hand_over: [],
};

/** Which methods stand for the same factor: something that one knows, has, or is vouched for by. */
const factors: Readonly<Record<Authentication['method'], readonly string[]>> = {
  password: ['knows'],
  totp: ['has'],
  // A passkey is used by whoever unlocks the device that has it.
  passkey: ['has', 'unlocks'],
  link: ['knows'],
  provider: ['knows'],
  hand_over: ['knows'],
};

/** The same for what providers tell; what is not here says nothing of a factor (RFC 8176 2). */
const factorsTold: Readonly<Record<string, readonly string[]>> = {
  pwd: ['knows'],
  pin: ['knows'],
  kba: ['knows'],
  otp: ['has'],
  hwk: ['has'],
  swk: ['has'],
  sc: ['has'],
  pop: ['has'],
  sms: ['has'],
  tel: ['has'],
  face: ['is'],
  fpt: ['is'],
  iris: ['is'],
  retina: ['is'],
  vbm: ['is'],
  mfa: ['knows', 'has'],
};

/** What a sign-in was made of: its factors, as far as it is told; without a word of them a provider vouches by one. */
function factorsOf({ method, told = [] }: Authentication): readonly string[] {
  const known = told.flatMap((name) => (Object.hasOwn(factorsTold, name) ? (factorsTold[name] ?? []) : []));
  return known.length > 0 ? known : factors[method];
}

/** The methods of a sign-in as `amr` names them, `mfa` among them where there were two factors. */
export function methodsOf(authentications: readonly Authentication[]): string[] {
  const names = new Set(
    authentications.flatMap(({ method, told = [] }) => [...methodNames[method], ...told]),
  );
  if (authenticationClassOf(authentications) === '2') names.add('mfa');
  return [...names];
}

/** The strength of a sign-in as `acr` names it. */
export function authenticationClassOf(authentications: readonly Authentication[]): AuthenticationClass {
  const used = new Set(authentications.flatMap(factorsOf));
  return used.size > 1 ? '2' : '1';
}
