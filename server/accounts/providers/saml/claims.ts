import { attributeOf, childrenOf, textOf, type XmlElement } from '../../../base/xml/read.ts';
import { assertionNamespace, nameIdFormats } from './names.ts';

/** An identifier of a user, with the format that it says it has. */
export interface NameId {
  readonly value: string;
  readonly format: string;
}

/** The values of each attribute, by its name and by its friendly name. */
export type AttributeValues = ReadonlyMap<string, readonly string[]>;

/** The values that attribute statements have. Of a name that is a friendly name elsewhere, the name goes first. */
export function valuesOf(statements: readonly XmlElement[]): AttributeValues {
  const byName = new Map<string, string[]>();
  const byFriendlyName = new Map<string, string[]>();
  const attributes = statements.flatMap((each) => childrenOf(each, assertionNamespace, 'Attribute'));
  for (const attribute of attributes) {
    const values = childrenOf(attribute, assertionNamespace, 'AttributeValue')
      .map(textOfValue)
      .filter((value) => value !== undefined);
    add(byName, attributeOf(attribute, 'Name'), values);
    add(byFriendlyName, attributeOf(attribute, 'FriendlyName'), values);
  }
  return new Map([...byFriendlyName, ...byName]);
}

function add(to: Map<string, string[]>, name: string | undefined, values: readonly string[]): void {
  if (name) to.set(name, [...(to.get(name) ?? []), ...values]);
}

/** The text of a value. Identifiers of users are wrapped in an element of their own (eduPersonTargetedID); whatever else is no text says nothing. */
function textOfValue(value: XmlElement): string | undefined {
  const [inner, ...more] = childrenOf(value);
  if (!inner) return textOf(value);
  const isNameId =
    inner.namespace === assertionNamespace && inner.localName === 'NameID' && more.length === 0;
  return isNameId ? textOf(inner) : undefined;
}

const xmlsoap = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/';

/** Attributes that are commonly sent, for claims that are called otherwise here: the first that there is counts. */
const commonNames: Readonly<Record<string, readonly string[]>> = {
  email: [
    'urn:oid:0.9.2342.19200300.100.1.3',
    'urn:oid:1.2.840.113549.1.9.1',
    `${xmlsoap}emailaddress`,
    'mail',
    'emailAddress',
    'Email',
  ],
  name: [
    'urn:oid:2.16.840.1.113730.3.1.241',
    'http://schemas.microsoft.com/identity/claims/displayname',
    'displayName',
    'urn:oid:2.5.4.3',
    'cn',
  ],
  given_name: ['urn:oid:2.5.4.42', `${xmlsoap}givenname`, 'givenName', 'firstName'],
  family_name: ['urn:oid:2.5.4.4', `${xmlsoap}surname`, 'surname', 'sn', 'lastName'],
  locale: ['urn:oid:2.16.840.1.113730.3.1.39', 'preferredLanguage'],
};

/**
 * The claims of an assertion: `sub` and `name_id_format` from its NameID (a transient one tells nobody apart, and is no `sub`), every attribute by its names (one
 * value a text, several a list), and those that go by other names in SAML by ours too.
 */
export function claimsOf(nameId: NameId | undefined, attributes: AttributeValues): Record<string, unknown> {
  const claims = new Map<string, unknown>();
  for (const [name, values] of attributes)
    if (values.length > 0) claims.set(name, values.length === 1 ? values[0] : values);
  for (const [claim, names] of Object.entries(commonNames)) {
    const first = names.flatMap((name) => attributes.get(name) ?? []).find((value) => value.trim() !== '');
    if (!claims.has(claim) && first !== undefined) claims.set(claim, first);
  }
  if (!claims.has('email') && nameId?.format === nameIdFormats.emailAddress)
    claims.set('email', nameId.value);
  // Attributes are what a directory says of somebody, perhaps what they wrote themselves: none of them is the NameID.
  claims.delete('sub');
  claims.delete('name_id_format');
  if (nameId && nameId.format !== nameIdFormats.transient) claims.set('sub', nameId.value);
  if (nameId) claims.set('name_id_format', nameId.format);
  return Object.fromEntries(claims);
}
