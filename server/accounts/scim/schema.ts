/** The attributes of a user as SCIM knows them (RFC 7643 4.1, 4.3): what is kept, and what the schemas tell of. */
export interface Attribute {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'complex' | 'reference' | 'binary';
  readonly description: string;
  readonly multiValued: boolean;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: 'readWrite' | 'readOnly';
  readonly uniqueness: 'none' | 'server';
  readonly subAttributes: readonly Attribute[];
}

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const enterpriseSchema = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

type Traits = Partial<Omit<Attribute, 'name' | 'description'>>;

function attribute(name: string, description: string, traits: Traits = {}): Attribute {
  return {
    name,
    type: 'string',
    description,
    multiValued: false,
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    uniqueness: 'none',
    subAttributes: [],
    ...traits,
  };
}

function complex(name: string, description: string, subAttributes: readonly Attribute[]): Attribute {
  return attribute(name, description, { type: 'complex', subAttributes });
}

/** Several values, each with what it is for and whether it is the main one (RFC 7643 2.4). */
function several(name: string, description: string, value: Traits = {}): Attribute {
  return {
    ...complex(name, description, [
      attribute('value', 'The value itself.', value),
      attribute('display', 'What people read.'),
      attribute('type', 'What it is for, such as work or home.'),
      primary,
    ]),
    multiValued: true,
  };
}

const primary = attribute('primary', 'Whether it is the main one; one at most is.', { type: 'boolean' });

export const coreAttributes: readonly Attribute[] = [
  attribute(
    'userName',
    'What the provider calls the user. Unique among its users; letter case does not count.',
    {
      required: true,
      uniqueness: 'server',
    },
  ),
  complex('name', 'The parts of the name.', [
    attribute('formatted', 'The whole name as people write it.'),
    attribute('familyName', 'The family name.'),
    attribute('givenName', 'The given name.'),
    attribute('middleName', 'The middle names.'),
    attribute('honorificPrefix', 'What goes before the name.'),
    attribute('honorificSuffix', 'What goes after the name.'),
  ]),
  attribute(
    'displayName',
    'The name that people read. Without it: name.formatted, or the given and the family name.',
  ),
  attribute('nickName', 'What people call the user.'),
  attribute('profileUrl', 'A page about the user.', { type: 'reference', caseExact: true }),
  attribute('title', 'What the user does.'),
  attribute('userType', 'What the user is to the organization.'),
  attribute('preferredLanguage', 'The language of pages for the user, as in Accept-Language.'),
  attribute('locale', 'The language of pages for the user, where preferredLanguage is not there.'),
  attribute('timezone', 'The time zone of the user.'),
  attribute(
    'active',
    'Whether the user may sign in. When it becomes false, sessions end and no token is good any more. True in a new user that does not say.',
    {
      type: 'boolean',
      required: true,
    },
  ),
  {
    ...several(
      'emails',
      'Email addresses. The primary one, or else the first, is the one here. They may be left out where userName is one.',
      {
        required: true,
      },
    ),
    required: true,
  },
  several('phoneNumbers', 'Telephone numbers.'),
  several('ims', 'Addresses of instant messages.'),
  several('photos', 'Pictures of the user.', { type: 'reference', caseExact: true }),
  {
    ...complex('addresses', 'Postal addresses.', [
      attribute('formatted', 'The whole address as people write it.'),
      attribute('streetAddress', 'The street.'),
      attribute('locality', 'The town.'),
      attribute('region', 'The region.'),
      attribute('postalCode', 'The postal code.'),
      attribute('country', 'The country.'),
      attribute('type', 'What it is for, such as work or home.'),
      primary,
    ]),
    multiValued: true,
  },
  several('entitlements', 'What the user is entitled to. It is kept, and gives nothing here.'),
  several('roles', 'The roles of the user. They are kept, and give nothing here.'),
  several('x509Certificates', 'Certificates of the user.', { type: 'binary', caseExact: true }),
];

export const enterpriseAttributes: readonly Attribute[] = [
  attribute('employeeNumber', 'What the organization calls the user.'),
  attribute('costCenter', 'The cost center.'),
  attribute('organization', 'The organization.'),
  attribute('division', 'The division.'),
  attribute('department', 'The department.'),
  complex('manager', 'Whom the user reports to.', [
    attribute('value', 'The ID of the manager.', { caseExact: true }),
    attribute('$ref', 'Where the manager is.', { type: 'reference', caseExact: true }),
    attribute('displayName', 'The name of the manager.', { mutability: 'readOnly' }),
  ]),
];

/** What every resource has (RFC 7643 3.1) and clients may write. */
const externalId = attribute(
  'externalId',
  'What the provider calls the user for good. Unique among its users.',
  {
    caseExact: true,
  },
);

/** What every resource has and we alone write. */
const id = attribute('id', 'The ID here.', { caseExact: true, mutability: 'readOnly' });
const meta = complex('meta', 'About the resource.', []);
const schemas = attribute('schemas', 'The schemas of the resource.', { multiValued: true });

export const enterprise = complex(enterpriseSchema, 'The enterprise extension.', enterpriseAttributes);

/** Everything at the top of a user that clients write. */
export const userAttributes: readonly Attribute[] = [externalId, ...coreAttributes, enterprise];

const byName = indexOf([
  ...userAttributes,
  id,
  { ...meta, mutability: 'readOnly' },
  { ...schemas, mutability: 'readOnly' },
]);
const ofSubAttributes = new Map<Attribute, ReadonlyMap<string, Attribute>>();

function indexOf(attributes: readonly Attribute[]): ReadonlyMap<string, Attribute> {
  return new Map(attributes.map((each) => [each.name.toLowerCase(), each]));
}

/** The attribute of a user, in any letter case (RFC 7643 2.1), also one that we alone write; undefined for one that users do not have. */
export function findAttribute(name: string): Attribute | undefined {
  return byName.get(name.toLowerCase());
}

/** A part of a complex attribute, in any letter case. */
export function findSubAttribute(of: Attribute, name: string): Attribute | undefined {
  let index = ofSubAttributes.get(of);
  if (!index) {
    index = indexOf(of.subAttributes);
    ofSubAttributes.set(of, index);
  }
  return index.get(name.toLowerCase());
}
