import { type FieldError, Refusal } from '../base/refusal.ts';
import {
  checkDescription,
  checkEmail,
  checkInteger,
  checkLine,
  checkName,
  checkWebUrl,
} from '../base/text.ts';
import type { Application, ApplicationType } from './application.ts';
import type { Scope } from './instance.ts';
import { checkRedirectUri } from './redirect-uri.ts';
import { checkApplicationScopes } from './scopes.ts';

/** What an administrator can set, in creating and in changing. */
export type ApplicationFields = Pick<
  Application,
  | 'name'
  | 'description'
  | 'enabled'
  | 'redirectUris'
  | 'requirePkce'
  | 'scopes'
  | 'accessTokenLifetime'
  | 'refreshTokenRotation'
  | 'refreshTokenAbsoluteLifetime'
  | 'refreshTokenInactivityLifetime'
  | 'clientUri'
  | 'policyUri'
  | 'developerName'
  | 'developerEmail'
  | 'canIntrospect'
>;

const everyType: readonly ApplicationType[] = ['machine', 'spa', 'web'];
const withUsers: readonly ApplicationType[] = ['spa', 'web'];
const confidential: readonly ApplicationType[] = ['machine', 'web'];

/** Each field's name in the REST API, and the types that have it. The one list of them. */
export const applicationFields: Record<
  keyof ApplicationFields,
  { name: string; types: readonly ApplicationType[] }
> = {
  name: { name: 'name', types: everyType },
  description: { name: 'description', types: everyType },
  enabled: { name: 'enabled', types: everyType },
  redirectUris: { name: 'redirect_uris', types: withUsers },
  requirePkce: { name: 'require_pkce', types: withUsers },
  scopes: { name: 'scopes', types: everyType },
  accessTokenLifetime: { name: 'access_token_lifetime', types: everyType },
  refreshTokenRotation: { name: 'refresh_token_rotation', types: withUsers },
  refreshTokenAbsoluteLifetime: { name: 'refresh_token_absolute_lifetime', types: withUsers },
  refreshTokenInactivityLifetime: { name: 'refresh_token_inactivity_lifetime', types: withUsers },
  clientUri: { name: 'client_uri', types: withUsers },
  policyUri: { name: 'policy_uri', types: withUsers },
  developerName: { name: 'developer_name', types: withUsers },
  developerEmail: { name: 'developer_email', types: withUsers },
  canIntrospect: { name: 'can_introspect', types: confidential },
};
export const fieldNames = Object.keys(applicationFields) as (keyof ApplicationFields)[];

/** What belongs to a type besides its fields. */
export const credentialTypes = { secrets: confidential, public_keys: confidential, logo: withUsers } as const;

export const accessTokenLifetimeRange = [1, 86_400] as const;
export const refreshTokenLifetimeRange = [1, 3_153_600_000] as const;
export const maxRedirectUris = 20;

/** The types of each thing that not all have, by its name in the REST API; what can be set and what is only shown. */
export const typesOfName: ReadonlyMap<string, readonly ApplicationType[]> = new Map([
  ...Object.values(applicationFields).map(({ name, types }) => [name, types] as const),
  ['secrets', credentialTypes.secrets],
  ['public_keys', credentialTypes.public_keys],
  ['logo_uri', credentialTypes.logo],
]);

/** @throws Refusal `not_for_type` naming each field (as the REST API calls it) that such applications do not have */
export function refuseFieldsOfOtherTypes(type: ApplicationType, names: readonly string[]): void {
  const foreign = names.filter((name) => typesOfName.get(name)?.includes(type) === false);
  if (foreign.length === 0) return;
  throw new Refusal('not_for_type', `Applications of the type ${type} do not have ${foreign.join(', ')}.`, {
    errors: foreign.map((path) => ({ path, message: `is not for the type ${type}` })),
  });
}

/** @throws Refusal `not_for_type` when such applications have no secrets, public keys or logo */
export function refuseCredentialOfOtherType(type: ApplicationType, what: keyof typeof credentialTypes): void {
  if (!credentialTypes[what].includes(type))
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
  const errors: FieldError[] = [];
  const say = (field: keyof ApplicationFields, message: string | null) => {
    if (message !== null) errors.push({ path: applicationFields[field].name, message });
  };
  if (fields.name !== undefined) say('name', checkName(fields.name));
  if (fields.description) say('description', checkDescription(fields.description));
  if (fields.redirectUris) errors.push(...checkRedirectUris(type, fields.redirectUris));
  if (type === 'spa' && fields.requirePkce === false)
    say('requirePkce', 'is always true for single-page and mobile apps');
  if (fields.scopes) errors.push(...checkApplicationScopes(type, fields.scopes, scopes));
  if (fields.accessTokenLifetime !== undefined)
    say('accessTokenLifetime', checkInteger(fields.accessTokenLifetime, ...accessTokenLifetimeRange));
  for (const field of ['refreshTokenAbsoluteLifetime', 'refreshTokenInactivityLifetime'] as const) {
    const value = fields[field];
    if (value !== undefined && value !== null) say(field, checkInteger(value, ...refreshTokenLifetimeRange));
  }
  if (fields.clientUri) say('clientUri', checkWebUrl(fields.clientUri));
  if (fields.policyUri) say('policyUri', checkWebUrl(fields.policyUri));
  if (fields.developerName) say('developerName', checkLine(fields.developerName));
  if (fields.developerEmail) say('developerEmail', checkEmail(fields.developerEmail));
  return errors;
}

function checkRedirectUris(type: ApplicationType, uris: readonly string[]): FieldError[] {
  if (type === 'machine') return [];
  const errors: FieldError[] = [];
  if (uris.length > maxRedirectUris)
    errors.push({ path: 'redirect_uris', message: `must have at most ${maxRedirectUris} entries` });
  for (const [index, uri] of uris.slice(0, maxRedirectUris).entries()) {
    const message = uris.indexOf(uri) === index ? checkRedirectUri(uri, type) : 'is there twice';
    if (message) errors.push({ path: `redirect_uris.${index}`, message });
  }
  return errors;
}

const emptyMeansNone = ['description', 'clientUri', 'policyUri', 'developerName', 'developerEmail'] as const;

/** An empty text in a field that may be absent says that it is. */
export function withoutEmptyTexts(fields: Partial<ApplicationFields>): Partial<ApplicationFields> {
  const cleaned = { ...fields };
  for (const field of emptyMeansNone) if (cleaned[field] === '') cleaned[field] = null;
  return cleaned;
}
