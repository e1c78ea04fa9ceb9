import { instanceUrl } from '../../base/paths.ts';
import type { Instance } from '../../model/instance.ts';
import { mostListed } from './list.ts';
import {
  type Attribute,
  coreAttributes,
  enterpriseAttributes,
  enterpriseSchema,
  userSchema,
} from './schema.ts';

type Document = { readonly [name: string]: unknown };

/** What this server can do of SCIM (RFC 7643 5). */
export function serviceProviderConfig(instance: Instance): Document {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: mostListed },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: false },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer token',
        description: 'A SCIM token of the identity provider, in the header Authorization: Bearer.',
        primary: true,
      },
    ],
    meta: metaOf(instance, 'ServiceProviderConfig', '/ServiceProviderConfig'),
  };
}

/** The kinds of resources that there are (RFC 7643 6): users. */
export function resourceTypes(instance: Instance): readonly (Document & { readonly id: string })[] {
  return [
    {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
      id: 'User',
      name: 'User',
      endpoint: '/Users',
      description: 'People who sign in.',
      schema: userSchema,
      schemaExtensions: [{ schema: enterpriseSchema, required: false }],
      meta: metaOf(instance, 'ResourceType', '/ResourceTypes/User'),
    },
  ];
}

/** What a user has (RFC 7643 7). */
export function schemas(instance: Instance): readonly (Document & { readonly id: string })[] {
  return [
    schemaOf(instance, userSchema, 'User', 'Somebody who signs in.', coreAttributes),
    schemaOf(
      instance,
      enterpriseSchema,
      'EnterpriseUser',
      'What an organization says of somebody besides.',
      enterpriseAttributes,
    ),
  ];
}

function schemaOf(
  instance: Instance,
  id: string,
  name: string,
  description: string,
  attributes: readonly Attribute[],
): Document & { readonly id: string } {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    id,
    name,
    description,
    attributes: attributes.map(presentAttribute),
    meta: metaOf(instance, 'Schema', `/Schemas/${id}`),
  };
}

function presentAttribute(attribute: Attribute): Document {
  const { name, type, description, multiValued, required, caseExact, mutability, uniqueness, subAttributes } =
    attribute;
  return {
    name,
    type,
    description,
    multiValued,
    required,
    ...(type === 'string' || type === 'reference' || type === 'binary' ? { caseExact } : {}),
    mutability,
    returned: 'default',
    uniqueness,
    ...(type === 'reference' && { referenceTypes: [name === '$ref' ? 'User' : 'external'] }),
    ...(type === 'complex' && { subAttributes: subAttributes.map(presentAttribute) }),
  };
}

function metaOf(instance: Instance, resourceType: string, path: string): Document {
  return { resourceType, location: instanceUrl(instance, `/scim/v2${path}`) };
}
