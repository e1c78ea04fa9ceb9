import type { KeyObject } from 'node:crypto';
import type { Instant } from '../../../base/units.ts';
import {
  attributeOf,
  BadXml,
  childrenOf,
  descendantsOf,
  readXml,
  textOf,
  type XmlElement,
} from '../../../base/xml/read.ts';
import { readSigned, signatureNamespace } from '../../../keys/xml-signature.ts';
import { samlProtocol } from '../../../registry/identity-providers/saml-metadata.ts';
import { ProviderProblem } from '../vouched.ts';
import { assertionNamespace, statusPrefix } from './names.ts';
import type { SamlService } from './service.ts';

/** What a response has to say of itself, and its assertion once more. */
export interface ExpectedAnswer {
  /** The provider's. */
  readonly entityId: string;
  readonly service: SamlService;
  /** The ID of the request; null for a response that nobody asked for. */
  readonly inResponseTo: string | null;
  readonly now: Instant;
}

/** Bytes of XML that a response may have. */
export const largestResponse = 256 * 1024;

export function badAnswer(message: string): ProviderProblem {
  return new ProviderProblem('bad_answer', message);
}

/**
 * Reads the `Response` that is in a form field, and what it says of itself: whose it is, for whom, in answer to what, and whether it went well (SAML Core 3.2.2).
 * None of it is signed for certain, so it lets nobody in: it only tells early, and in words, why somebody is not.
 * @throws ProviderProblem
 */
export function openResponse(samlResponse: string, expected: ExpectedAnswer): XmlElement {
  const response = readResponse(decode(samlResponse));
  if (attributeOf(response, 'Version') !== '2.0') throw badAnswer('The response is not of SAML 2.0.');
  const [issuer] = childrenOf(response, assertionNamespace, 'Issuer');
  if (issuer && textOf(issuer)?.trim() !== expected.entityId)
    throw badAnswer(
      'The Issuer of the response is not the entityID of the metadata: it is by another provider.',
    );
  const destination = attributeOf(response, 'Destination');
  if (destination !== undefined && destination !== expected.service.acsUrl)
    throw badAnswer(
      'The Destination of the response is not the assertion consumer service of this provider.',
    );
  if ((attributeOf(response, 'InResponseTo') ?? null) !== expected.inResponseTo)
    throw badAnswer(
      expected.inResponseTo === null
        ? 'The response is to a request (InResponseTo), but this browser has none under way.'
        : 'The response is not to the request of this browser (InResponseTo).',
    );
  checkStatus(response);
  return response;
}

/**
 * The one assertion of a response, as it was signed.
 * @throws ProviderProblem
 * @throws BadXmlSignature
 */
export function signedAssertionOf(response: XmlElement, keys: readonly KeyObject[]): XmlElement {
  checkShape(response);
  const [assertion] = childrenOf(response, assertionNamespace, 'Assertion');
  if (!assertion) throw badAnswer('The response has no assertion.');
  // One that is there must hold, though it is the assertion's that counts.
  if (childrenOf(response, signatureNamespace, 'Signature').length > 0) readSigned(response, 'ID', keys);
  if (childrenOf(assertion, signatureNamespace, 'Signature').length === 0)
    throw new ProviderProblem(
      'misconfigured',
      'The assertion is not signed. Have the provider sign assertions, not (or not only) responses.',
    );
  return readSigned(assertion, 'ID', keys);
}

function decode(samlResponse: string): string {
  // Some wrap lines. What is longer than twice as much is not looked at to its end.
  const text = samlResponse.slice(0, largestResponse * 2).replace(/[\r\n\t ]+/g, '');
  if (text.length > Math.ceil(largestResponse / 3) * 4)
    throw badAnswer(`The response has more than ${largestResponse / 1024} KiB.`);
  const bytes = Buffer.from(text, 'base64');
  if (text === '' || bytes.toString('base64') !== text) throw badAnswer('The response is not base64.');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw badAnswer('The response is not XML in UTF-8.');
  }
}

function readResponse(xml: string): XmlElement {
  try {
    const root = readXml(xml.trim());
    if (root.namespace === samlProtocol && root.localName === 'Response') return root;
  } catch (error) {
    if (!(error instanceof BadXml)) throw error;
    throw badAnswer(`The response is no XML that can be read: ${error.message}.`);
  }
  throw badAnswer('The response is another document than a Response of SAML 2.0.');
}

/** Second-level codes by which a provider says that somebody was not let in, and not that something is wrong. */
const noPerson: Readonly<Record<string, ['denied' | 'login_required', string]>> = {
  NoPassive: ['login_required', 'The provider cannot tell who this is without showing a page (NoPassive).'],
  AuthnFailed: ['denied', 'Nobody signed in at the provider (AuthnFailed).'],
  RequestDenied: ['denied', 'The provider refused the sign-in (RequestDenied).'],
};

function checkStatus(response: XmlElement): void {
  const statuses = childrenOf(response, samlProtocol, 'Status');
  const codes = statuses
    .flatMap((status) => [...descendantsOf(status)])
    .filter(({ namespace, localName }) => namespace === samlProtocol && localName === 'StatusCode');
  const [first, ...more] = codes.map((code) => attributeOf(code, 'Value') ?? '');
  if (statuses.length !== 1 || first === undefined) throw badAnswer('The response has no status.');
  if (first === `${statusPrefix}Success`) return;
  const names = [first, ...more].map(
    (code) => /^urn:oasis:names:tc:SAML:2\.0:status:([A-Za-z]{1,40})$/.exec(code)?.[1],
  );
  for (const name of names)
    if (name !== undefined && Object.hasOwn(noPerson, name)) {
      const [kind, message] = noPerson[name] as ['denied' | 'login_required', string];
      throw new ProviderProblem(kind, message);
    }
  const known = names.filter((name) => name !== undefined);
  throw new ProviderProblem(
    'misconfigured',
    `The provider answers that it cannot sign anybody in (${known.join(', ') || 'with a status of its own'}); its log says why.`,
  );
}

/**
 * One assertion, in its place, and no signature but where one belongs. Everything by which one assertion is shown to whoever verifies and another to whoever
 * reads needs more than that.
 */
function checkShape(response: XmlElement): void {
  const elements = [...descendantsOf(response)];
  const all = (...names: string[]) => elements.filter(({ localName }) => names.includes(localName));
  if (all('EncryptedAssertion', 'EncryptedID', 'EncryptedAttribute').length > 0)
    throw new ProviderProblem(
      'misconfigured',
      'The assertion is encrypted, which is not supported. Turn encryption off at the provider: the response travels by TLS.',
    );
  const assertions = all('Assertion');
  if (assertions.length > 1) throw badAnswer('The response has more than one assertion.');
  const isMisplaced = assertions.some(({ parent }) => parent !== response);
  const isSigned = (element: XmlElement) => element === response || assertions.includes(element);
  const strayed = all('Signature').filter(({ parent }) => !parent || !isSigned(parent));
  const ids = elements.map((element) => attributeOf(element, 'ID')).filter((id) => id !== undefined);
  if (isMisplaced || strayed.length > 0 || new Set(ids).size < ids.length)
    throw badAnswer('The response has an assertion or a signature where none belongs.');
}
