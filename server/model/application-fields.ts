import { type FieldError, Refusal } from '../base/refusal.ts';
import { maxUrlLength } from '../base/text.ts';
import { DAY, HOUR, SECOND } from '../base/units.ts';
import type { ApplicationType } from './application.ts';
import {
  choice,
  email,
  flag,
  lifetime,
  lifetimeOrNever,
  line,
  list,
  nameText,
  paragraph,
  webUrl,
} from './field-kinds.ts';
import {
  checkValues,
  type Fields,
  linesOf,
  type SettableNamedValuesOf,
  type SettableValuesOf,
} from './fields.ts';
import type { Scope } from './instance.ts';
import { checkCalledUri, checkPostLogoutRedirectUri, checkRedirectUri } from './redirect-uri.ts';
import { builtInScopes, checkApplicationScopes, defaultApplicationScopes, maxScopes } from './scopes.ts';
import { signingAlgorithms } from './signing-algorithm.ts';

/** What a field depends on: the type of its application, and the scopes of the instance, from which the application's are chosen. */
interface Of {
  readonly type: ApplicationType;
  readonly scopes: readonly Scope[];
}

const everyType = ['machine', 'spa', 'web'] as const;
const withUsers = ['spa', 'web'] as const;
const confidential = ['machine', 'web'] as const;

export const maxRedirectUris = 20;
/** Addresses to which users are sent, in the order in which they were written. */
const redirectUriList = list<string>(
  { sent: { type: 'string', maxLength: maxUrlLength }, shown: { type: 'string' } },
  { maxItems: maxRedirectUris },
);
const refreshTokenLifetime = lifetimeOrNever(1, 3_153_600_000);

/**
 * The fields of an application: the one list of them, from which the REST API, the store, the audit log and the console have what they
 * know. `types` have the field; the other types keep its initial value and neither show nor take it. CONTRIBUTING.md tells how one is added.
 */
export const applicationFields = {
  name: {
    name: 'name',
    types: everyType,
    kind: nameText(),
    description: 'The name that administrators and users see.',
  },
  description: {
    name: 'description',
    types: everyType,
    kind: paragraph,
    initial: null,
    description: 'What the application is for. The consent page shows it.',
  },
  enabled: {
    name: 'enabled',
    types: everyType,
    kind: flag,
    initial: true,
    givesPower: (enabled: boolean) => enabled,
    description: 'Whether the application can be used. While it is `false`, its tokens are inactive.',
  },
  /** Compared byte for byte (`redirect-uri.ts`). */
  redirectUris: {
    name: 'redirect_uris',
    types: withUsers,
    kind: redirectUriList,
    initial: [],
    check: (uris: readonly string[], { type }: Of) =>
      checkRedirectUris('redirect_uris', uris, type, checkRedirectUri),
    givesPower: () => true,
    description: 'Where users may be sent after signing in. Compared byte for byte.',
  },
  /** Compared byte for byte (`redirect-uri.ts`). */
  postLogoutRedirectUris: {
    name: 'post_logout_redirect_uris',
    types: withUsers,
    kind: redirectUriList,
    initial: [],
    check: (uris: readonly string[], { type }: Of) =>
      checkRedirectUris('post_logout_redirect_uris', uris, type, checkPostLogoutRedirectUri),
    givesPower: () => true,
    description: 'Where users may be sent after signing out. Compared byte for byte.',
  },
  backchannelLogoutUri: {
    name: 'backchannel_logout_uri',
    types: withUsers,
    kind: webUrl,
    initial: null,
    check: (uri: string | null) => (uri ? checkCalledUri(uri) : null),
    description:
      'Where a logout token is sent when a session ends in which the application got an ID token; `null` for nowhere. `https`, or `http` on a loopback host.',
  },
  backchannelLogoutSessionRequired: {
    name: 'backchannel_logout_session_required',
    types: withUsers,
    kind: flag,
    initial: false,
    description:
      'Whether the application cannot do without `sid` in a logout token. It makes no difference here: every logout token has `sub` and `sid`.',
  },
  requirePkce: {
    name: 'require_pkce',
    types: withUsers,
    kind: flag,
    initial: ({ type }: Of) => type === 'spa',
    check: (required: boolean, { type }: Of) =>
      type === 'spa' && !required ? 'is always true for single-page and mobile apps' : null,
    description:
      'Whether authorization requests without a PKCE code challenge are refused. Always `true` for the type `spa`; `false` by default for `web`.',
  },
  requirePushedAuthorizationRequests: {
    name: 'require_pushed_authorization_requests',
    types: withUsers,
    kind: flag,
    initial: false,
    description:
      'Whether authorization requests are refused that the application has not pushed to `/oauth2/par` before (RFC 9126).',
  },
  scopes: {
    name: 'scopes',
    types: everyType,
    // With those that no instance lists.
    kind: list<string>(
      { sent: { type: 'string' }, shown: { type: 'string' } },
      { minItems: 1, maxItems: maxScopes + builtInScopes.length },
    ),
    initial: ({ type, scopes }: Of) => defaultApplicationScopes(type, scopes),
    check: (names: readonly string[], { type, scopes }: Of) => checkApplicationScopes(type, names, scopes),
    givesPower: () => true,
    description:
      'The scopes that the application may request: scopes of the instance, and, unless it is a `machine`, `openid`, `profile`, `email` and `offline_access`.',
  },
  /** Seconds. */
  accessTokenLifetime: {
    name: 'access_token_lifetime',
    types: everyType,
    kind: lifetime(1, DAY / SECOND),
    initial: HOUR / SECOND,
    description: 'How long an access token is valid, in seconds.',
  },
  refreshTokenRotation: {
    name: 'refresh_token_rotation',
    types: withUsers,
    kind: flag,
    initial: true,
    description: 'Whether each use of a refresh token returns a new one.',
  },
  /** Seconds; null is "No expiration". */
  refreshTokenAbsoluteLifetime: {
    name: 'refresh_token_absolute_lifetime',
    types: withUsers,
    kind: refreshTokenLifetime,
    initial: null,
    description:
      'How long a refresh token is valid after the authorization, in seconds; `null` for no limit.',
  },
  /** Seconds since the user was last active; null is "No expiration". */
  refreshTokenInactivityLifetime: {
    name: 'refresh_token_inactivity_lifetime',
    types: withUsers,
    kind: refreshTokenLifetime,
    initial: (180 * DAY) / SECOND,
    description:
      'How long a refresh token is valid after the user was last active, in seconds; `null` for no limit.',
  },
  idTokenSignedResponseAlg: {
    name: 'id_token_signed_response_alg',
    types: withUsers,
    kind: choice(signingAlgorithms),
    initial: 'ES256',
    description:
      'The algorithm that ID tokens for the application are signed with. `RS256` is for clients that know no other.',
  },
  clientUri: {
    name: 'client_uri',
    types: withUsers,
    kind: webUrl,
    initial: null,
    description: 'The `https` or `http` URL of a page about the application.',
  },
  policyUri: {
    name: 'policy_uri',
    types: withUsers,
    kind: webUrl,
    initial: null,
    description: 'The `https` or `http` URL of the privacy policy.',
  },
  developerName: {
    name: 'developer_name',
    types: withUsers,
    kind: line,
    initial: null,
    description: 'Who develops the application.',
  },
  developerEmail: {
    name: 'developer_email',
    types: withUsers,
    kind: email,
    initial: null,
    description: 'Where users can reach the developer.',
  },
  /** Names the logo that is stored now; null without one. */
  logoVersion: {
    name: 'logo_uri',
    column: 'logo_version',
    types: withUsers,
    kind: line,
    initial: null,
    setBy: 'own_call',
    description: 'Where the logo is served; `null` without one.',
  },
  jwksUri: {
    name: 'jwks_uri',
    types: confidential,
    kind: webUrl,
    initial: null,
    check: (uri: string | null) => (uri ? checkCalledUri(uri) : null),
    givesPower: (uri: string | null) => uri !== null,
    description:
      'Where the application publishes the public keys that it signs its client assertions with, a JSON Web Key Set, instead of uploaded ones or beside them. `https`, or `http` on a loopback host.',
  },
  canIntrospect: {
    name: 'can_introspect',
    types: confidential,
    kind: flag,
    initial: false,
    givesPower: () => true,
    description: 'Whether the application may introspect the tokens of every application, not only its own.',
  },
} as const satisfies Fields<Of> & Record<string, { types: readonly ApplicationType[] }>;

/** What a field is called in the REST API. */
export type ApplicationFieldName = (typeof applicationFields)[keyof typeof applicationFields]['name'];
/** The table's lines in its order. */
export const applicationFieldLines = linesOf<typeof applicationFields, Of>(applicationFields);
/** Those that administrators set, in creating and in changing. */
export const settableFieldLines = applicationFieldLines.filter(({ setBy }) => setBy === undefined);

/** What an administrator can set, in creating and in changing. */
export type ApplicationFields = SettableValuesOf<typeof applicationFields>;
/** The same, as the REST API calls them. */
export type NamedApplicationFields = SettableNamedValuesOf<typeof applicationFields>;

/** What belongs to a type besides its fields. */
export const credentialTypes = {
  secrets: confidential,
  public_keys: confidential,
  logo: applicationFields.logoVersion.types,
} as const;

/** The types of each thing that not all have, by its name in the REST API; what can be set and what is only shown. */
const typesOfName: ReadonlyMap<string, readonly ApplicationType[]> = new Map([
  ...Object.values(applicationFields).map(({ name, types }) => [name, types] as const),
  ['secrets', credentialTypes.secrets],
  ['public_keys', credentialTypes.public_keys],
]);

/** Whether applications of a type have something, by its name in the REST API. */
export function typeHas(type: ApplicationType, name: string): boolean {
  return typesOfName.get(name)?.includes(type) ?? true;
}

/** @throws Refusal `not_for_type` naming each field (as the REST API calls it) that such applications do not have */
export function refuseFieldsOfOtherTypes(type: ApplicationType, names: readonly string[]): void {
  const foreign = names.filter((name) => !typeHas(type, name));
  if (foreign.length === 0) return;
  throw new Refusal('not_for_type', `Applications of the type ${type} do not have ${foreign.join(', ')}.`, {
    errors: foreign.map((path) => ({ path, message: `is not for the type ${type}` })),
  });
}

/** @throws Refusal `not_for_type` when such applications have no secrets, public keys or logo */
export function refuseCredentialOfOtherType(type: ApplicationType, what: keyof typeof credentialTypes): void {
  const types: readonly ApplicationType[] = credentialTypes[what];
  if (!types.includes(type))
    throw new Refusal(
      'not_for_type',
      `Applications of the type ${type} do not have ${what === 'logo' ? 'a logo' : what.replace('_', ' ')}.`,
    );
}

/**
 * What is wrong with the fields that are given.
 * @param scopes those of the instance, from which the application's are chosen
 */
export function checkApplicationFields(
  type: ApplicationType,
  fields: Partial<ApplicationFields>,
  scopes: readonly Scope[],
): FieldError[] {
  return checkValues(settableFieldLines, fields, { type, scopes });
}

function checkRedirectUris(
  field: string,
  uris: readonly string[],
  type: ApplicationType,
  check: (uri: string, type: 'web' | 'spa') => string | null,
): FieldError[] {
  if (type === 'machine') return [];
  const errors: FieldError[] = [];
  if (uris.length > maxRedirectUris)
    errors.push({ path: field, message: `must have at most ${maxRedirectUris} entries` });
  for (const [index, uri] of uris.slice(0, maxRedirectUris).entries()) {
    const message = uris.indexOf(uri) === index ? check(uri, type) : 'is there twice';
    if (message) errors.push({ path: `${field}.${index}`, message });
  }
  return errors;
}
