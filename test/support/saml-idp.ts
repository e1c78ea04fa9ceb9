import { createPublicKey } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { SignedXml } from 'xml-crypto';
import type { Instant } from '../../server/base/units.ts';
import { type Certificate, selfSigned } from './certificate.ts';
import { otherAlgorithms, renamed } from './xml-algorithms.ts';

// An identity provider of SAML 2.0 that does as it is told. It signs with xml-crypto, of which the server has nothing.

const protocol = 'urn:oasis:names:tc:SAML:2.0:protocol';
const assertionNamespace = 'urn:oasis:names:tc:SAML:2.0:assertion';
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const enveloped = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';
/** Does what the enveloped signature does, under a name that SAML does not have. */
export const anotherTransform = 'http://www.w3.org/TR/1999/REC-xslt-19991116';
const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';

/** What a response says; each part of it can be said otherwise, or with null not at all. */
export interface Said {
  now: Instant;
  /** The entity ID of the service that it is for, where it goes, and in answer to what. */
  audience: string | null;
  acsUrl: string;
  inResponseTo: string | null;
  issuer: string;
  nameId: string;
  nameIdFormat: string;
  /** Values by name, or by `name|FriendlyName`. Both may have markup in them. */
  attributes: Record<string, string | readonly string[]>;
  context: string;
  authnInstant: Instant;
  issueInstant: Instant;
  notBefore: Instant;
  notOnOrAfter: Instant | null;
  confirmedUntil: Instant | null;
  recipient: string | null;
  destination: string | null;
  confirmedInResponseTo: string | null;
  assertionId: string;
  responseId: string;
  /** The name of the status code, and of one within it: `Responder NoPassive`. */
  status: string;
  /** More elements of the assertion, as XML. */
  more: string;
  /** More conditions, as XML. */
  conditions: string;
  sign: readonly ('assertion' | 'response')[];
  signing: Partial<Signing>;
}

export interface Signing {
  by: Certificate;
  algorithm: string;
  digest: string;
  canonicalization: string;
  transforms: readonly string[];
  prefixes: readonly string[];
  /** A certificate for `KeyInfo`. */
  shows: string;
}

let made = 0;
const newId = () => `_${(++made).toString(16).padStart(40, 'a')}`;
const text = (instant: Instant) => new Date(instant).toISOString();
const attributesOf = (values: Record<string, string | null>) =>
  Object.entries(values)
    .map(([name, value]) => (value === null ? '' : ` ${name}="${value.replaceAll('&', '&amp;')}"`))
    .join('');

export class SamlIdp {
  readonly entityId: string;
  certificate: Certificate;

  constructor(entityId = 'https://idp.example/saml', kind: 'RSA' | 'P-256' = 'RSA') {
    this.entityId = entityId;
    this.certificate = selfSigned(['idp.example'], kind);
  }

  /** @param signInUrl where browsers go */
  metadata(
    signInUrl = 'https://idp.example/sso',
    certificates: readonly Certificate[] = [this.certificate],
    attributes = '',
  ): string {
    const keys = certificates.map(
      ({ cert }) =>
        `<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>
        <ds:X509Certificate>${bare(cert)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
    );
    return `<?xml version="1.0"?><!-- of a test --><md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${this.entityId}"${attributes}>
      <md:IDPSSODescriptor protocolSupportEnumeration="${protocol}">${keys.join('')}
        <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${signInUrl}/post"/>
        <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${signInUrl}"/>
      </md:IDPSSODescriptor></md:EntityDescriptor>`;
  }

  /** The XML of a response, signed as it says. */
  response(given: Pick<Said, 'now' | 'audience' | 'acsUrl' | 'inResponseTo'> & Partial<Said>): string {
    const { now } = given;
    const said: Said = {
      issuer: this.entityId,
      nameId: 'u-1',
      nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
      attributes: { email: 'someone@example.com' },
      context: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
      authnInstant: now,
      issueInstant: now,
      notBefore: now - 5000,
      notOnOrAfter: now + 300_000,
      confirmedUntil: now + 300_000,
      recipient: given.acsUrl,
      destination: given.acsUrl,
      confirmedInResponseTo: given.inResponseTo,
      assertionId: newId(),
      responseId: newId(),
      status: 'Success',
      more: '',
      conditions: '',
      sign: ['assertion'],
      signing: {},
      ...given,
    };
    let xml =
      `<samlp:Response xmlns:samlp="${protocol}" xmlns:saml="${assertionNamespace}" xmlns:xs="http://www.w3.org/2001/XMLSchema" ` +
      `Version="2.0" IssueInstant="${text(said.issueInstant)}"${attributesOf({
        ID: said.responseId,
        Destination: said.destination,
        InResponseTo: said.inResponseTo,
      })}><saml:Issuer>${said.issuer}</saml:Issuer><samlp:Status>${statusXml(said.status)}</samlp:Status>` +
      `${said.status === 'Success' ? assertionXml(said) : ''}</samlp:Response>`;
    if (said.status !== 'Success') return xml;
    for (const what of ['assertion', 'response'] as const)
      if (said.sign.includes(what)) xml = this.sign(xml, what, said.signing);
    return xml;
  }

  /** Signs one of the two in a document, which then has the signature after its Issuer. */
  sign(xml: string, what: 'assertion' | 'response', signing: Partial<Signing> = {}): string {
    const by = signing.by ?? this.certificate;
    const kind = createPublicKey(by.cert).asymmetricKeyType === 'ec' ? 'ecdsa' : 'rsa';
    const path = what === 'assertion' ? "//*[local-name(.)='Assertion']" : "/*[local-name(.)='Response']";
    const signer = new SignedXml({
      privateKey: by.key,
      signatureAlgorithm: signing.algorithm ?? `http://www.w3.org/2001/04/xmldsig-more#${kind}-sha256`,
      canonicalizationAlgorithm: signing.canonicalization ?? exclusive,
      getKeyInfoContent: () =>
        signing.shows === undefined
          ? null
          : `<X509Data><X509Certificate>${bare(signing.shows)}</X509Certificate></X509Data>`,
    });
    signer.SignatureAlgorithms = { ...signer.SignatureAlgorithms, ...otherAlgorithms };
    signer.CanonicalizationAlgorithms = {
      ...signer.CanonicalizationAlgorithms,
      ...renamed(signer, enveloped, anotherTransform),
    };
    signer.addReference({
      xpath: path,
      transforms: signing.transforms ?? [enveloped, exclusive],
      digestAlgorithm: signing.digest ?? 'http://www.w3.org/2001/04/xmlenc#sha256',
      inclusiveNamespacesPrefixList: [...(signing.prefixes ?? [])],
    });
    signer.computeSignature(xml, {
      location: { reference: `${path}/*[local-name(.)='Issuer']`, action: 'after' },
    });
    return signer.getSignedXml();
  }
}

function statusXml(status: string): string {
  const [code = '', ...within] = status.split(' ');
  const uri = code.includes(':') ? code : `urn:oasis:names:tc:SAML:2.0:status:${code}`;
  return `<samlp:StatusCode Value="${uri}">${within.length > 0 ? statusXml(within.join(' ')) : ''}</samlp:StatusCode>`;
}

function assertionXml(said: Said): string {
  const attributes = Object.entries(said.attributes).map(([names, values]) => {
    const [name = '', friendlyName = null] = names.split('|');
    const all = [values]
      .flat()
      .map(
        (value) =>
          `<saml:AttributeValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">${value}</saml:AttributeValue>`,
      );
    return `<saml:Attribute${attributesOf({ Name: name, FriendlyName: friendlyName })}>${all.join('')}</saml:Attribute>`;
  });
  const confirmation = attributesOf({
    Recipient: said.recipient,
    InResponseTo: said.confirmedInResponseTo,
    NotOnOrAfter: said.confirmedUntil === null ? null : text(said.confirmedUntil),
  });
  const conditions = attributesOf({
    NotBefore: text(said.notBefore),
    NotOnOrAfter: said.notOnOrAfter === null ? null : text(said.notOnOrAfter),
  });
  return (
    `<saml:Assertion ID="${said.assertionId}" Version="2.0" IssueInstant="${text(said.issueInstant)}">` +
    `<saml:Issuer>${said.issuer}</saml:Issuer>` +
    `<saml:Subject><saml:NameID Format="${said.nameIdFormat}">${said.nameId}</saml:NameID>` +
    `<saml:SubjectConfirmation Method="${bearer}"><saml:SubjectConfirmationData${confirmation}/></saml:SubjectConfirmation></saml:Subject>` +
    `<saml:Conditions${conditions}>${
      said.audience === null
        ? ''
        : `<saml:AudienceRestriction><saml:Audience>${said.audience}</saml:Audience></saml:AudienceRestriction>`
    }${said.conditions}</saml:Conditions>` +
    `<saml:AuthnStatement AuthnInstant="${text(said.authnInstant)}"><saml:AuthnContext>` +
    `<saml:AuthnContextClassRef>${said.context}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>` +
    `<saml:AttributeStatement>${attributes.join('')}</saml:AttributeStatement>${said.more}</saml:Assertion>`
  );
}

/** What a form field `SAMLResponse` holds. */
export function encoded(xml: string): string {
  return Buffer.from(xml).toString('base64');
}

/** The `AuthnRequest` that a URL brings. */
export function requestOf(url: string): string {
  const { searchParams } = new URL(url);
  return inflateRawSync(Buffer.from(searchParams.get('SAMLRequest') ?? '', 'base64')).toString();
}

function bare(cert: string): string {
  return cert.replace(/-----[A-Z ]+-----|\n/g, '');
}
