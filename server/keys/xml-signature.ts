import { constants, hash, type KeyObject, timingSafeEqual, verify } from 'node:crypto';
import { canonicalXml } from '../base/xml/canonical.ts';
import {
  attributeOf,
  childrenOf,
  descendantsOf,
  readXml,
  textOf,
  type XmlElement,
} from '../base/xml/read.ts';

export const signatureNamespace = 'http://www.w3.org/2000/09/xmldsig#';
const exclusiveNamespace = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const envelopedSignature = `${signatureNamespace}enveloped-signature`;

/** Why a signature does not count. The message is half a sentence, and repeats nothing of the document. */
export class BadXmlSignature extends Error {
  override name = 'BadXmlSignature';
  /** Whether everything was right but the key: another one may have come into use. */
  readonly isByAnotherKey: boolean;

  constructor(message: string, isByAnotherKey = false) {
    super(message);
    this.isByAnotherKey = isByAnotherKey;
  }
}

interface SignatureAlgorithm {
  readonly keyType: 'rsa' | 'ec';
  readonly digest: 'sha256' | 'sha384' | 'sha512';
  readonly isPss?: true;
}

/** Algorithms that count, by their URIs. None by a shared secret: a public key would do for one. None with SHA-1. */
const signatureAlgorithms: ReadonlyMap<string, SignatureAlgorithm> = new Map([
  ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', { keyType: 'rsa', digest: 'sha256' }],
  ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha384', { keyType: 'rsa', digest: 'sha384' }],
  ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha512', { keyType: 'rsa', digest: 'sha512' }],
  [
    'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
    { keyType: 'rsa', digest: 'sha256', isPss: true },
  ],
  [
    'http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1',
    { keyType: 'rsa', digest: 'sha384', isPss: true },
  ],
  [
    'http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1',
    { keyType: 'rsa', digest: 'sha512', isPss: true },
  ],
  ['http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256', { keyType: 'ec', digest: 'sha256' }],
  ['http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384', { keyType: 'ec', digest: 'sha384' }],
  ['http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512', { keyType: 'ec', digest: 'sha512' }],
]);

const digestAlgorithms: ReadonlyMap<string, 'sha256' | 'sha384' | 'sha512'> = new Map([
  ['http://www.w3.org/2001/04/xmlenc#sha256', 'sha256'],
  ['http://www.w3.org/2001/04/xmldsig-more#sha384', 'sha384'],
  ['http://www.w3.org/2001/04/xmlenc#sha512', 'sha512'],
]);

/** Prefixes that a signature may list as inclusive, and elements of what is canonicalized before a key is tried: one that counts has eleven at most. */
const most = { prefixes: 32, elements: 16 };

/**
 * What was signed of an element that has a signature of itself right below it (XML Signature 1.1, as SAML Core 5.4 narrows it): the element
 * is read anew from the very text that the signature is over. Whatever the document has beside, around or instead of it is not in there.
 *
 * One shape of a signature counts: one reference, to the ID of this element; the two transforms that SAML has, in their order; no key but the given
 * ones, whatever the signature says of keys.
 * @param idName what the attribute with the ID of the element is called
 * @throws BadXmlSignature
 */
export function readSigned(element: XmlElement, idName: string, keys: readonly KeyObject[]): XmlElement {
  const signature = only(element, 'Signature');
  const [signedInfo, signatureValue] = partsOf(signature, ['SignedInfo', 'SignatureValue'], 'KeyInfo');
  if ([...descendantsOf(signedInfo)].length > most.elements)
    throw new BadXmlSignature('the signature has parts that it should not have, or lacks some');
  const [canonicalization, method, reference] = partsOf(signedInfo, [
    'CanonicalizationMethod',
    'SignatureMethod',
    'Reference',
  ]);
  const [transforms, digestMethod, digestValue] = partsOf(reference, [
    'Transforms',
    'DigestMethod',
    'DigestValue',
  ]);

  const id = attributeOf(element, idName);
  if (!id || attributeOf(reference, 'URI') !== `#${id}`)
    throw new BadXmlSignature('the signature is over something else than the element that it is in');
  const [enveloped, exclusive, ...more] = childrenOf(transforms);
  if (
    !enveloped ||
    !exclusive ||
    more.length > 0 ||
    !isTransform(enveloped, envelopedSignature) ||
    !isTransform(exclusive, exclusiveNamespace) ||
    attributeOf(canonicalization, 'Algorithm') !== exclusiveNamespace
  )
    throw new BadXmlSignature(
      'the signature has other transforms than the enveloped signature and exclusive canonicalization',
    );

  const digest = digestAlgorithms.get(attributeOf(digestMethod, 'Algorithm') ?? '');
  const algorithm = signatureAlgorithms.get(attributeOf(method, 'Algorithm') ?? '');
  if (!digest || !algorithm || childrenOf(method).length > 0)
    throw new BadXmlSignature('the signature is not by RSA or ECDSA with SHA-256 or better');

  // The key first: of strangers, nothing is canonicalized but the few elements of a SignedInfo.
  const text = canonicalXml(signedInfo, { inclusivePrefixes: inclusivePrefixesOf(canonicalization) });
  const value = bytesOf(signatureValue);
  if (!keys.some((key) => isBy(key, algorithm, text, value)))
    throw new BadXmlSignature('the signature is by none of the known keys', true);
  const signed = canonicalXml(element, {
    without: signature,
    inclusivePrefixes: inclusivePrefixesOf(exclusive),
  });
  const told = bytesOf(digestValue);
  const expected = hash(digest, signed, 'buffer');
  if (told.length !== expected.length || !timingSafeEqual(told, expected))
    throw new BadXmlSignature('something was changed after it was signed');
  return readXml(signed);
}

function isBy(
  key: KeyObject,
  { keyType, digest, isPss }: SignatureAlgorithm,
  text: string,
  signature: Buffer,
): boolean {
  if (key.asymmetricKeyType !== keyType) return false;
  const { RSA_PKCS1_PSS_PADDING, RSA_PKCS1_PADDING, RSA_PSS_SALTLEN_DIGEST } = constants;
  const options =
    keyType === 'ec'
      ? { dsaEncoding: 'ieee-p1363' as const }
      : isPss
        ? { padding: RSA_PKCS1_PSS_PADDING, saltLength: RSA_PSS_SALTLEN_DIGEST }
        : { padding: RSA_PKCS1_PADDING };
  return verify(digest, Buffer.from(text), { key, ...options }, signature);
}

function only(element: XmlElement, localName: string): XmlElement {
  const [found, ...more] = childrenOf(element, signatureNamespace, localName);
  if (!found) throw new BadXmlSignature('it is not signed');
  if (more.length > 0) throw new BadXmlSignature('it has more than one signature');
  return found;
}

/** The parts of a part of a signature, which are these, in this order, once each, and perhaps one more after them. */
function partsOf<const Names extends readonly string[]>(
  element: XmlElement,
  names: Names,
  optional?: string,
): { readonly [Index in keyof Names]: XmlElement } {
  const parts = childrenOf(element);
  const expected = parts.length > names.length && optional ? [...names, optional] : names;
  const isRight =
    parts.length === expected.length &&
    parts.every(
      ({ namespace, localName }, index) => namespace === signatureNamespace && localName === expected[index],
    ) &&
    element.children.every((child) => typeof child !== 'string' || /^[ \t\n]*$/.test(child));
  if (!isRight) throw new BadXmlSignature('the signature has parts that it should not have, or lacks some');
  return parts as unknown as { readonly [Index in keyof Names]: XmlElement };
}

function isTransform(element: XmlElement, algorithm: string): boolean {
  return (
    element.namespace === signatureNamespace &&
    element.localName === 'Transform' &&
    attributeOf(element, 'Algorithm') === algorithm
  );
}

function inclusivePrefixesOf(method: XmlElement): string[] {
  const [list, ...more] = childrenOf(method);
  if (!list) return [];
  const prefixes = (attributeOf(list, 'PrefixList') ?? '')
    .split(/[ \t\n\r]+/)
    .filter((prefix) => prefix !== '');
  const isRight = list.namespace === exclusiveNamespace && list.localName === 'InclusiveNamespaces';
  if (!isRight || more.length > 0 || prefixes.length > most.prefixes)
    throw new BadXmlSignature('the signature has a list of namespaces that cannot be read');
  return prefixes.map((prefix) => (prefix === '#default' ? '' : prefix));
}

function bytesOf(element: XmlElement): Buffer {
  const text = textOf(element)?.replace(/[ \t\n\r]+/g, '') ?? '';
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text))
    throw new BadXmlSignature('the signature has a value that is no base64');
  return Buffer.from(text, 'base64');
}
