import { isDeepStrictEqual as isDeepEqual } from 'node:util';
import { instanceUrl } from '../../base/paths.ts';
import { checkLine, checkName } from '../../base/text.ts';
import { toRfc3339 } from '../../base/units.ts';
import { emailKey, isEmail } from '../../model/email.ts';
import type { Instance } from '../../model/instance.ts';
import { localeOfTags, tagsOfHeader } from '../../model/language-tags.ts';
import type { ScimAttributes, ScimUser } from '../../model/scim-user.ts';
import type { Locale, User } from '../../model/user.ts';
import { invalidValue, ScimError } from './error.ts';
import { type ComplexValue, type Resource, valuesOf } from './resource.ts';
import { enterpriseSchema, userSchema } from './schema.ts';

/** What a client says of a user, as far as it means something here. */
export interface ScimFields {
  readonly userName: string;
  readonly externalId: string | null;
  readonly email: string;
  readonly name: string;
  /** Undefined where it does not say. */
  readonly active: boolean | undefined;
  readonly locale: Locale | null;
  /** All else. */
  readonly attributes: ScimAttributes;
}

const longestId = 255;
/** Bytes of JSON that are kept of one user. */
const mostAttributes = 64 * 1024;

/**
 * What a user comes to here.
 * @throws ScimError `invalidValue`
 */
export function fieldsOf(resource: Resource): ScimFields {
  const { userName, externalId = '', active, ...attributes } = resource;
  if (typeof userName !== 'string' || checkName(userName, longestId) !== null)
    throw invalidValue(`userName must have 1 to ${longestId} characters, and no control characters.`);
  if (typeof externalId !== 'string' || checkLine(externalId, longestId) !== null)
    throw invalidValue(`externalId must have at most ${longestId} characters, and no control characters.`);
  if (Buffer.byteLength(JSON.stringify(attributes)) > mostAttributes)
    throw new ScimError(413, null, `The user has more than ${mostAttributes / 1024} KiB of attributes.`);
  const { email, name } = personOf(userName, attributes);
  if (email === undefined || !isEmail(email))
    throw invalidValue(
      'The user needs an email address: in emails, the primary one or the first, or as userName.',
    );
  if (checkName(name) !== null)
    throw invalidValue(
      'The name of the user (displayName, or name) must have 1 to 200 characters, and no control characters.',
    );
  return {
    userName,
    externalId: externalId === '' ? null : externalId,
    email,
    name,
    active: typeof active === 'boolean' ? active : undefined,
    locale: localeOf(attributes),
    attributes,
  };
}

/** Whom the attributes tell of; the address as it is there, right or wrong. */
function personOf(userName: string, attributes: ScimAttributes): { email: string | undefined; name: string } {
  const main = mainOf(valuesOf(attributes['emails']));
  const email = main ? textOf(main['value']) : isEmail(userName) ? userName : undefined;
  const parts = (attributes['name'] ?? {}) as ComplexValue;
  const both = ['givenName', 'familyName'].map((part) => textOf(parts[part]) ?? '').join(' ');
  const name = [textOf(attributes['displayName']), textOf(parts['formatted']), both]
    .map((text) => text?.trim())
    .find((text) => text);
  return { email: email?.trim(), name: name ?? userName.trim() };
}

/** The language of pages that the attributes ask for; null for none, or for one that pages are not in. */
export function localeOf(attributes: ScimAttributes): Locale | null {
  const [preferred = '', locale = ''] = [attributes['preferredLanguage'], attributes['locale']].map(textOf);
  const tags = [...tagsOfHeader(preferred.slice(0, 500)), locale.slice(0, 500)];
  return localeOfTags(tags) ?? null;
}

/** A user as a client wrote it, with what has changed here since. Without what every resource has. */
export function resourceOf({ user, userName, externalId, attributes }: ScimUser): Resource {
  return {
    userName,
    ...(externalId !== null && { externalId }),
    ...withPerson(userName, attributes, user),
    active: user.active,
  };
}

/** The attributes, which tell of the name and the address that the user has: somebody here may have changed them. */
function withPerson(userName: string, attributes: ScimAttributes, { email, name }: User): ScimAttributes {
  const told = personOf(userName, attributes);
  return {
    ...attributes,
    ...(told.name !== name && { displayName: name }),
    ...((told.email === undefined || emailKey(told.email) !== emailKey(email)) && {
      emails: withMain(valuesOf(attributes['emails']), email),
    }),
  };
}

/** The primary address, or else the first; a value that says only what it would be for is none. */
function mainOf(emails: readonly ComplexValue[]): ComplexValue | undefined {
  const given = emails.filter(({ value }) => typeof value === 'string');
  return given.find(({ primary }) => primary === true) ?? given[0];
}

function withMain(emails: readonly ComplexValue[], email: string): readonly ComplexValue[] {
  const main = mainOf(emails);
  if (!main) return [...emails, { value: email, primary: true }];
  return emails.map((each) => (each === main ? { ...each, value: email } : each));
}

/** A user as SCIM answers with it (RFC 7643 3, 4.1). */
export function presentScimUser(
  instance: Instance,
  scimUser: ScimUser,
): { readonly [name: string]: unknown } {
  const { user, createdAt, updatedAt } = scimUser;
  const resource = resourceOf(scimUser);
  return {
    schemas: [userSchema, ...(enterpriseSchema in resource ? [enterpriseSchema] : [])],
    id: user.id,
    ...resource,
    meta: {
      resourceType: 'User',
      created: toRfc3339(createdAt),
      lastModified: toRfc3339(Math.max(updatedAt, user.updatedAt ?? 0)),
      location: instanceUrl(instance, `/scim/v2/Users/${user.id}`),
    },
  };
}

/** What differs between what SCIM knew of a user and what a client says now, as the audit log names it. */
export function changesBeside(before: ScimUser, after: ScimFields): string[] {
  return [
    ...(before.userName === after.userName ? [] : ['scim_user_name']),
    ...(before.externalId === after.externalId ? [] : ['scim_external_id']),
    ...(isDeepEqual(before.attributes, after.attributes) ? [] : ['scim_attributes']),
  ];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
