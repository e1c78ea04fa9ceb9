import { type KeyObject, X509Certificate } from 'node:crypto';
import { isLoopbackHost } from '../../base/origin.ts';
import { refuseFieldErrors } from '../../base/refusal.ts';
import { fromRfc3339, type Instant } from '../../base/units.ts';
import {
  attributeOf,
  BadXml,
  childrenOf,
  descendantsOf,
  readXml,
  type XmlElement,
} from '../../base/xml/read.ts';
import { signatureNamespace } from '../../keys/xml-signature.ts';

/** What the metadata of a SAML identity provider says of it. */
export interface SamlMetadata {
  readonly entityId: string;
  /** Where browsers go with a request, by the binding HTTP-Redirect. */
  readonly signInUrl: string;
  /** The keys that it signs with: one, or more while they change. */
  readonly signingKeys: readonly KeyObject[];
  /** When it stops being true. */
  readonly validUntil: Instant | null;
}

/** Metadata that no sign-in can work with. The message is half a sentence for administrators, and repeats nothing of the document. */
export class BadSamlMetadata extends Error {
  override name = 'BadSamlMetadata';
}

/** Bytes of metadata; what is larger describes a whole federation. */
export const largestMetadata = 256 * 1024;

export const samlMetadataNamespace = 'urn:oasis:names:tc:SAML:2.0:metadata';
export const samlProtocol = 'urn:oasis:names:tc:SAML:2.0:protocol';
const redirectBinding = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';

const most = { keys: 16, urlLength: 2000, entityIdLength: 1024 };
const smallestModulus = 2048;

/**
 * Reads the metadata of one identity provider (SAML Metadata 2.3 and 2.4.3): an `EntityDescriptor`, or an `EntitiesDescriptor` in which one of the entities is an
 * identity provider. Certificates are containers of keys here, as everywhere in SAML: neither their dates nor who issued them matter.
 * @throws BadSamlMetadata
 */
export function readSamlMetadata(xml: string): SamlMetadata {
  if (Buffer.byteLength(xml) > largestMetadata)
    throw new BadSamlMetadata(`it has more than ${largestMetadata / 1024} KiB`);
  const root = read(xml);
  const candidates = [...descendantsOf(root)].filter(
    (element) => isOfMetadata(element, 'EntityDescriptor') && rolesOf(element).length > 0,
  );
  const [entity, ...others] = candidates;
  if (!entity) throw new BadSamlMetadata('it describes no identity provider of SAML 2.0 (IDPSSODescriptor)');
  if (others.length > 0) throw new BadSamlMetadata('it describes more than one identity provider');
  const [role, ...otherRoles] = rolesOf(entity);
  if (!role || otherRoles.length > 0)
    throw new BadSamlMetadata('it describes its identity provider more than once (IDPSSODescriptor)');

  const entityId = attributeOf(entity, 'entityID')?.trim() ?? '';
  if (entityId === '' || entityId.length > most.entityIdLength)
    throw new BadSamlMetadata('it has no entityID of at most 1024 characters');
  return {
    entityId,
    signInUrl: signInUrlOf(role),
    signingKeys: signingKeysOf(role),
    validUntil: validUntilOf(role),
  };
}

/**
 * Refuses metadata that no sign-in could work with, while somebody is there who can mend it.
 * @throws Refusal `validation_failed`
 */
export function refuseBadMetadata(metadata: string | null | undefined, now: Instant): void {
  if (!metadata) return;
  try {
    const { validUntil } = readSamlMetadata(metadata);
    if (validUntil !== null && validUntil <= now) throw new BadSamlMetadata('it is out of date (validUntil)');
  } catch (error) {
    if (!(error instanceof BadSamlMetadata)) throw error;
    refuseFieldErrors([{ path: 'metadata', message: `does not do: ${error.message}` }]);
  }
}

function read(xml: string): XmlElement {
  try {
    // Some begin with a mark of their byte order, which XML allows.
    return readXml(xml.replace(/^\uFEFF/, '').trim(), 'skip');
  } catch (error) {
    if (!(error instanceof BadXml)) throw error;
    throw new BadSamlMetadata(`it is no XML that can be read: ${error.message}`);
  }
}

function isOfMetadata(element: XmlElement, localName: string): boolean {
  return element.namespace === samlMetadataNamespace && element.localName === localName;
}

function rolesOf(entity: XmlElement): XmlElement[] {
  return childrenOf(entity, samlMetadataNamespace, 'IDPSSODescriptor').filter((role) =>
    (attributeOf(role, 'protocolSupportEnumeration') ?? '').split(/\s+/).includes(samlProtocol),
  );
}

function signInUrlOf(role: XmlElement): string {
  const service = childrenOf(role, samlMetadataNamespace, 'SingleSignOnService').find(
    (each) => attributeOf(each, 'Binding') === redirectBinding,
  );
  if (!service) throw new BadSamlMetadata('it has no SingleSignOnService with the binding HTTP-Redirect');
  const location = attributeOf(service, 'Location')?.trim() ?? '';
  const url = URL.canParse(location) ? new URL(location) : undefined;
  const isSafe =
    url && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname)));
  const isPlain = /^[\x21-\x7e]+$/.test(location) && location.length <= most.urlLength;
  if (!isSafe || !isPlain || url.username || url.password || location.includes('#'))
    throw new BadSamlMetadata(
      'the Location of its SingleSignOnService must be a URL that begins with https://',
    );
  return location;
}

function signingKeysOf(role: XmlElement): KeyObject[] {
  const certificates = childrenOf(role, samlMetadataNamespace, 'KeyDescriptor')
    .filter((descriptor) => (attributeOf(descriptor, 'use') ?? 'signing') === 'signing')
    .flatMap((descriptor) => [...descendantsOf(descriptor)])
    .filter(
      ({ namespace, localName }) => namespace === signatureNamespace && localName === 'X509Certificate',
    );
  if (certificates.length === 0)
    throw new BadSamlMetadata('it has no certificate for signing (X509Certificate)');
  if (certificates.length > most.keys)
    throw new BadSamlMetadata(`it has more than ${most.keys} certificates for signing`);
  const keys = certificates.map(keyOf).filter((key) => key !== undefined);
  if (keys.length === 0)
    throw new BadSamlMetadata(
      'none of its certificates for signing has an RSA key of 2048 bits or more, or one of ECDSA',
    );
  return keys;
}

/** The key of a certificate; undefined for one that no signature may be by. */
function keyOf(certificate: XmlElement): KeyObject | undefined {
  const text = certificate.children.filter((child) => typeof child === 'string').join('');
  let key: KeyObject;
  try {
    key = new X509Certificate(Buffer.from(text, 'base64')).publicKey;
  } catch {
    throw new BadSamlMetadata('it has a certificate that cannot be read');
  }
  const isRsa =
    key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= smallestModulus;
  return isRsa || key.asymmetricKeyType === 'ec' ? key : undefined;
}

/** The earliest `validUntil` of the role and of everything around it. */
function validUntilOf(role: XmlElement): Instant | null {
  const ends: Instant[] = [];
  for (let element: XmlElement | null = role; element; element = element.parent) {
    const text = attributeOf(element, 'validUntil');
    if (text === undefined) continue;
    const end = fromRfc3339(text.trim());
    if (end === undefined) throw new BadSamlMetadata('it has a validUntil that is no time in UTC');
    ends.push(end);
  }
  return ends.length === 0 ? null : Math.min(...ends);
}
