import type { Static } from 'typebox';
import { instanceUrl } from '../../../base/paths.ts';
import { toRfc3339 } from '../../../base/units.ts';
import { namedValues } from '../../../model/fields.ts';
import { type IdentityProvider, type ProviderType, providerTypes } from '../../../model/identity-provider.ts';
import {
  linesOfProviderType,
  type ProviderFieldName,
  providerFieldLines,
  type providerFields,
  providerTypeHas,
  providerValues,
} from '../../../model/identity-provider-fields.ts';
import type { Instance } from '../../../model/instance.ts';
import { IdText, nullableText, nullableTime, presentTime, time } from '../http/schema.ts';
import Type from '../http/schema-builders.ts';
import { oneOf } from '../http/validation.ts';
import { shownSchemas } from './fields.ts';

/** Says which types have a field that not all have. */
export function typesWith({ name }: { name: string }): string {
  const types = providerTypes.filter((type) => providerTypeHas(type, name));
  if (types.length === providerTypes.length) return '';
  return `For ${types.map((type) => `\`${type}\``).join(' and ')} only.`;
}

const readOnly = (type: ProviderType, description: string) =>
  Type.Optional(Type.String({ description: `${description} For \`${type}\` only; read-only.` }));

export const IdentityProviderSchema = Type.Object(
  {
    id: IdText('The ID of the identity provider.'),
    type: oneOf(providerTypes),
    ...shownSchemas<typeof providerFields, typeof providerTypes>(
      providerFieldLines,
      typesWith,
      (field) => typesWith(field) !== '',
    ),
    has_client_secret: Type.Optional(
      Type.Boolean({ description: 'Whether there is a client secret. For `oidc` only; read-only.' }),
    ),
    redirect_uri: readOnly('oidc', 'The redirect URI to register at the provider.'),
    acs_url: readOnly('saml', 'Where the provider sends its assertions.'),
    sp_metadata_url: readOnly('saml', 'The metadata of this instance; also its entity ID.'),
    handover_url: readOnly('handover', 'Where the product hands people over.'),
    created_at: time('When the provider was added.'),
    updated_at: time('When a field was last changed.'),
    last_used_at: nullableTime('When somebody last signed in by it.'),
    last_error: nullableText(
      'Why the last sign-in failed that failed by the fault of the provider or its settings, in a sentence. A change of the provider clears it.',
    ),
    last_error_at: nullableTime('When that was.'),
  },
  { $id: 'IdentityProvider' },
);

export type IdentityProviderView = Static<typeof IdentityProviderSchema>;
type FieldsView = Pick<IdentityProviderView, ProviderFieldName>;

const linesOfType = {
  oidc: linesOfProviderType('oidc'),
  saml: linesOfProviderType('saml'),
  handover: linesOfProviderType('handover'),
};

/** A provider with the fields that belong to its type, and without its client secret. */
export function presentIdentityProvider(
  instance: Instance,
  provider: IdentityProvider,
): IdentityProviderView {
  const { id, type } = provider;
  return {
    id,
    type,
    ...(namedValues(linesOfType[type], providerValues(provider)) as FieldsView),
    ...(type === 'oidc' && { has_client_secret: provider.sealedSecret !== null }),
    ...addressesOf(instance, provider),
    created_at: toRfc3339(provider.createdAt),
    updated_at: toRfc3339(provider.updatedAt),
    last_used_at: presentTime(provider.lastUsedAt),
    last_error: provider.lastError,
    last_error_at: presentTime(provider.lastErrorAt),
  };
}

/** What whoever looks after the provider has to know of this instance. */
function addressesOf(instance: Instance, { id, type }: IdentityProvider) {
  switch (type) {
    case 'oidc':
      return { redirect_uri: instanceUrl(instance, `/login/callback/${id}`) };
    case 'saml':
      return {
        acs_url: instanceUrl(instance, `/login/saml/${id}/acs`),
        sp_metadata_url: instanceUrl(instance, `/login/saml/${id}/metadata`),
      };
    case 'handover':
      return { handover_url: instanceUrl(instance, `/login/handover/${id}`) };
  }
}
