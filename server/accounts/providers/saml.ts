import type { XmlElement } from '../../base/xml/read.ts';
import { BadXmlSignature } from '../../keys/xml-signature.ts';
import type { SamlProvider } from '../../model/identity-provider.ts';
import type { Instance } from '../../model/instance.ts';
import { SamlMetadataUnavailable } from '../../registry/identity-providers/known-saml-metadata.ts';
import { BadSamlMetadata, type SamlMetadata } from '../../registry/identity-providers/saml-metadata.ts';
import { readAssertion } from './saml/assertion.ts';
import { samlRequestId, signInUrl } from './saml/request.ts';
import { badAnswer, openResponse, signedAssertionOf } from './saml/response.ts';
import { serviceOf } from './saml/service.ts';
import { type LoginRequest, type ProviderNeeds, ProviderProblem, type VouchedPerson } from './vouched.ts';

export { samlMetadata } from './saml/service.ts';

/** What the rules of SAML need. */
export type SamlNeeds = Pick<ProviderNeeds, 'clock' | 'samlMetadata'>;

/**
 * Where a browser goes to sign in at a SAML provider: an `AuthnRequest` by the binding HTTP-Redirect (SAML Core 3.4, Bindings 3.4).
 * @throws ProviderProblem `unreachable`, `misconfigured`: its metadata cannot be had, or does not do
 */
export async function beginSaml(
  needs: SamlNeeds,
  instance: Instance,
  provider: SamlProvider,
  request: LoginRequest,
): Promise<string> {
  const { signInUrl: target } = await metadataOf(needs, instance, provider);
  return signInUrl(serviceOf(instance, provider), target, request, needs.clock());
}

/**
 * Whom a SAML provider vouches for by a `Response` that a browser brought (SAML Profiles 4.1.4). Nothing is believed of it but one assertion, as far as the
 * provider's signature of that assertion goes; what stands around it can only refuse it.
 * @param request the trip that it answers; null for a response that nobody asked for
 * @param samlResponse the form field `SAMLResponse`: base64 of XML
 * @throws ProviderProblem of every kind but `not_fresh`
 */
export async function completeSaml(
  needs: SamlNeeds,
  instance: Instance,
  provider: SamlProvider,
  request: LoginRequest | null,
  samlResponse: string,
): Promise<VouchedPerson> {
  if (!request && !provider.settings.allow_unsolicited)
    throw new ProviderProblem(
      'bad_answer',
      'The provider sent a response that nobody here asked for (allow_unsolicited is false).',
    );
  const metadata = await metadataOf(needs, instance, provider);
  const service = serviceOf(instance, provider);
  const expected = {
    entityId: metadata.entityId,
    service,
    inResponseTo: request && samlRequestId(request),
    now: needs.clock(),
  };
  const response = openResponse(samlResponse, expected);
  const assertion = await signedAssertion(needs, instance, provider, metadata, response);
  return readAssertion(assertion, expected, provider.claims.subject);
}

/** The assertion by the keys that are known or, where it is signed by another, by those of metadata that is read anew. */
async function signedAssertion(
  needs: SamlNeeds,
  instance: Instance,
  provider: SamlProvider,
  metadata: SamlMetadata,
  response: XmlElement,
): Promise<XmlElement> {
  try {
    try {
      return signedAssertionOf(response, metadata.signingKeys);
    } catch (error) {
      if (!(error instanceof BadXmlSignature && error.isByAnotherKey)) throw error;
      const renewed = await needs.samlMetadata.again(instance, provider, metadata);
      if (renewed?.entityId !== metadata.entityId || !isValid(renewed, needs.clock())) throw error;
      return signedAssertionOf(response, renewed.signingKeys);
    }
  } catch (error) {
    if (!(error instanceof BadXmlSignature)) throw error;
    throw badAnswer(`The response has a signature that does not count: ${error.message}.`);
  }
}

async function metadataOf(
  needs: SamlNeeds,
  instance: Instance,
  provider: SamlProvider,
): Promise<SamlMetadata> {
  try {
    const metadata = await needs.samlMetadata.of(instance, provider);
    if (!isValid(metadata, needs.clock()))
      throw new ProviderProblem('misconfigured', 'The metadata of the provider is out of date (validUntil).');
    return metadata;
  } catch (error) {
    if (error instanceof SamlMetadataUnavailable)
      throw new ProviderProblem(
        'unreachable',
        `The metadata of the provider cannot be had: ${error.message}.`,
      );
    if (error instanceof BadSamlMetadata)
      throw new ProviderProblem(
        'misconfigured',
        `The metadata of the provider does not do: ${error.message}.`,
      );
    throw error;
  }
}

function isValid({ validUntil }: SamlMetadata, now: number): boolean {
  return validUntil === null || now < validUntil;
}
