import { instanceUrl } from '../../../base/paths.ts';
import { escapeXml } from '../../../base/xml/canonical.ts';
import type { SamlProvider } from '../../../model/identity-provider.ts';
import type { Instance } from '../../../model/instance.ts';
import { samlMetadataNamespace, samlProtocol } from '../../../registry/identity-providers/saml-metadata.ts';
import { nameIdFormats, postBinding } from './names.ts';

/** What we are to a SAML provider: a service provider of its own for each of them, so that what is for one is for no other. */
export interface SamlService {
  /** Our entity ID, which is also where our metadata is. */
  readonly entityId: string;
  /** Where responses go: the assertion consumer service. */
  readonly acsUrl: string;
}

export function serviceOf(instance: Instance, { id }: Pick<SamlProvider, 'id'>): SamlService {
  return {
    entityId: instanceUrl(instance, `/login/saml/${id}/metadata`),
    acsUrl: instanceUrl(instance, `/login/saml/${id}/acs`),
  };
}

/** Our metadata for a provider, as XML (SAML Metadata 2.4.4): what it has to know to be asked and to answer. */
export function samlMetadata(instance: Instance, provider: Pick<SamlProvider, 'id'>): string {
  const { entityId, acsUrl } = serviceOf(instance, provider);
  return `<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="${samlMetadataNamespace}" entityID="${escapeXml(entityId)}">
  <md:SPSSODescriptor protocolSupportEnumeration="${samlProtocol}" AuthnRequestsSigned="false" WantAssertionsSigned="true">
    <md:NameIDFormat>${nameIdFormats.persistent}</md:NameIDFormat>
    <md:NameIDFormat>${nameIdFormats.emailAddress}</md:NameIDFormat>
    <md:NameIDFormat>${nameIdFormats.unspecified}</md:NameIDFormat>
    <md:AssertionConsumerService Binding="${postBinding}" Location="${escapeXml(acsUrl)}" index="0" isDefault="true"/>
  </md:SPSSODescriptor>
</md:EntityDescriptor>
`;
}
