import { fromRfc3339, HOUR, type Instant, MINUTE } from '../../../base/units.ts';
import { attributeOf, childrenOf, textOf, type XmlElement } from '../../../base/xml/read.ts';
import { ProviderProblem, type VouchedPerson } from '../vouched.ts';
import { type AttributeValues, claimsOf, type NameId, valuesOf } from './claims.ts';
import { methodsOf } from './methods.ts';
import { assertionNamespace, bearerMethod, nameIdFormats } from './names.ts';
import { badAnswer, type ExpectedAnswer } from './response.ts';

/** How far the clocks of two servers may be apart. */
const skew = MINUTE;
/** An assertion counts no longer than this from its IssueInstant on, whatever it says: so long it is remembered as spent. */
const longest = HOUR;

/**
 * What an assertion says of somebody, if it is for us, now, and in answer to what we asked (SAML Core 2.3 to 2.7, Profiles 4.1.4.3).
 * @param assertion as it was signed
 * @param subjectClaim the claim that tells users apart; undefined for their NameID
 * @throws ProviderProblem `bad_answer`, `misconfigured`
 */
export function readAssertion(
  assertion: XmlElement,
  expected: ExpectedAnswer,
  subjectClaim: string | undefined,
): VouchedPerson {
  const { now, entityId } = expected;
  const id = attributeOf(assertion, 'ID');
  if (!id || attributeOf(assertion, 'Version') !== '2.0')
    throw badAnswer('The assertion is not of SAML 2.0.');
  if (textOf(only(assertion, 'Issuer'))?.trim() !== entityId)
    throw badAnswer(
      'The Issuer of the assertion is not the entityID of the metadata: it is by another provider.',
    );
  const issuedAt = instantOf(assertion, 'IssueInstant');
  if (issuedAt === undefined || issuedAt > now + skew)
    throw badAnswer('The assertion was issued in the future (IssueInstant): a clock is wrong.');

  const subject = only(assertion, 'Subject');
  const ends = [
    issuedAt + longest,
    checkConditions(only(assertion, 'Conditions'), expected),
    confirmedUntil(subject, expected),
  ];
  const expiresAt = Math.min(...ends) + skew;
  if (expiresAt <= now)
    throw badAnswer('The assertion is too old: it took too long to arrive, or a clock is wrong.');

  const nameId = nameIdOf(subject);
  if (nameId?.format === nameIdFormats.transient && subjectClaim === undefined)
    throw new ProviderProblem(
      'misconfigured',
      'The NameID is transient: it would be another one at each sign-in. Have the provider send a persistent one, or name the attribute that tells users apart (claims.subject).',
    );
  const { authenticatedAt, contexts } = readStatements(assertion, now);
  const attributes = valuesOf(childrenOf(assertion, assertionNamespace, 'AttributeStatement'));
  return {
    claims: claimsOf(nameId, attributes),
    authenticatedAt,
    methods: methodsOf([...contexts, ...methodReferencesOf(attributes)]),
    once: { id, expiresAt },
  };
}

function only(element: XmlElement, localName: string): XmlElement {
  const [found, ...more] = childrenOf(element, assertionNamespace, localName);
  if (!found || more.length > 0) throw badAnswer(`The assertion must have one ${localName}.`);
  return found;
}

/** @returns undefined where there is none; NaN never */
function instantOf(element: XmlElement, name: string): Instant | undefined {
  const text = attributeOf(element, name);
  if (text === undefined) return undefined;
  const instant = fromRfc3339(text);
  if (instant === undefined) throw badAnswer(`The assertion has a ${name} that is no time in UTC.`);
  return instant;
}

function checkNotBefore(element: XmlElement, now: Instant): void {
  if ((instantOf(element, 'NotBefore') ?? 0) > now + skew)
    throw badAnswer('The assertion is not good yet (NotBefore): a clock is wrong.');
}

/**
 * Conditions of SAML Core 2.5.1: all must hold, and one that is not known does not.
 * @returns until when they do
 */
function checkConditions(conditions: XmlElement, { now, service }: ExpectedAnswer): Instant {
  checkNotBefore(conditions, now);
  const known = ['AudienceRestriction', 'OneTimeUse', 'ProxyRestriction'];
  const isKnown = ({ namespace, localName }: XmlElement) =>
    namespace === assertionNamespace && known.includes(localName);
  if (!childrenOf(conditions).every(isKnown))
    throw badAnswer('The assertion has a condition that is not known here.');
  const restrictions = childrenOf(conditions, assertionNamespace, 'AudienceRestriction');
  const isForUs = (restriction: XmlElement) =>
    childrenOf(restriction, assertionNamespace, 'Audience').some(
      (audience) => textOf(audience)?.trim() === service.entityId,
    );
  if (restrictions.length === 0 || !restrictions.every(isForUs))
    throw badAnswer(
      'The Audience of the assertion is not the entity ID of this service: it is for somebody else.',
    );
  return instantOf(conditions, 'NotOnOrAfter') ?? Number.POSITIVE_INFINITY;
}

/**
 * Whoever brings the assertion is its subject, if they bring it here, in time, and in answer to our request.
 * @returns until when
 */
function confirmedUntil(subject: XmlElement, { now, service, inResponseTo }: ExpectedAnswer): Instant {
  const confirmations = childrenOf(subject, assertionNamespace, 'SubjectConfirmation');
  const [bearer, ...more] = confirmations.filter((each) => attributeOf(each, 'Method') === bearerMethod);
  if (!bearer || more.length > 0)
    throw badAnswer('The assertion must have one SubjectConfirmation of the method bearer.');
  const data = only(bearer, 'SubjectConfirmationData');
  if (attributeOf(data, 'Recipient') !== service.acsUrl)
    throw badAnswer('The Recipient of the assertion is not the assertion consumer service of this provider.');
  if ((attributeOf(data, 'InResponseTo') ?? null) !== inResponseTo)
    throw badAnswer('The assertion is not in answer to the request of this browser (InResponseTo).');
  checkNotBefore(data, now);
  const until = instantOf(data, 'NotOnOrAfter');
  if (until === undefined)
    throw badAnswer('The assertion does not say until when it may be delivered (NotOnOrAfter).');
  return until;
}

function nameIdOf(subject: XmlElement): NameId | undefined {
  const [nameId, ...more] = childrenOf(subject, assertionNamespace, 'NameID');
  if (more.length > 0) throw badAnswer('The assertion has more than one NameID.');
  if (!nameId) return undefined;
  const value = textOf(nameId);
  if (value === undefined || value.trim() === '') throw badAnswer('The NameID of the assertion is no text.');
  return { value: value.trim(), format: attributeOf(nameId, 'Format') ?? nameIdFormats.unspecified };
}

/** How and when the person signed in: of several statements the earliest counts. */
function readStatements(
  assertion: XmlElement,
  now: Instant,
): { authenticatedAt: Instant; contexts: string[] } {
  const statements = childrenOf(assertion, assertionNamespace, 'AuthnStatement');
  const instants = statements.map((statement) => {
    const until = instantOf(statement, 'SessionNotOnOrAfter');
    if (until !== undefined && until + skew <= now)
      throw badAnswer('The session at the provider is over (SessionNotOnOrAfter).');
    return instantOf(statement, 'AuthnInstant');
  });
  const given = instants.filter((instant) => instant !== undefined);
  if (given.length === 0 || given.length < statements.length)
    throw badAnswer('The assertion does not say when its subject signed in (AuthnStatement).');
  if (Math.max(...given) > now + skew)
    throw badAnswer('Its subject signed in in the future (AuthnInstant): a clock is wrong.');
  const contexts = statements
    .flatMap((statement) => childrenOf(statement, assertionNamespace, 'AuthnContext'))
    .flatMap((context) => childrenOf(context, assertionNamespace, 'AuthnContextClassRef'))
    .map((reference) => textOf(reference)?.trim() ?? '');
  return { authenticatedAt: Math.min(...given), contexts };
}

/** Entra ID says in the context of every sign-in that it was by password, and in an attribute by what. */
function methodReferencesOf(attributes: AttributeValues): readonly string[] {
  return attributes.get('http://schemas.microsoft.com/claims/authnmethodsreferences') ?? [];
}
