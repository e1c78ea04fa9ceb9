import { deflateRawSync } from 'node:zlib';
import { sha256 } from '../../../base/master-secret.ts';
import { type Instant, toRfc3339 } from '../../../base/units.ts';
import { escapeXml } from '../../../base/xml/canonical.ts';
import { samlProtocol } from '../../../registry/identity-providers/saml-metadata.ts';
import type { LoginRequest } from '../vouched.ts';
import { assertionNamespace, postBinding } from './names.ts';
import type { SamlService } from './service.ts';

/** The ID of the request of a trip: what a response to it names in `InResponseTo`. Only the browser that has the trip knows of it. */
export function samlRequestId({ id }: Pick<LoginRequest, 'id'>): string {
  return `_${sha256(`login-request-id ${id}`).toString('hex')}`;
}

/**
 * The URL of an `AuthnRequest` (SAML Bindings 3.4.4.1). It is not signed: what it asks for, the response is held to.
 * @param target the provider's `SingleSignOnService`, which may have a query
 */
export function signInUrl(service: SamlService, target: string, request: LoginRequest, now: Instant): string {
  const { loginHint, uiLocales } = request.asked;
  const query = new URLSearchParams({
    SAMLRequest: deflateRawSync(authnRequest(service, target, request, now)).toString('base64'),
    RelayState: request.id,
    // SAML has no word for these two. Entra ID reads the first of them, and nobody minds parameters that they do not know.
    ...(loginHint !== undefined && { login_hint: loginHint }),
    ...(uiLocales !== undefined && { ui_locales: uiLocales }),
  });
  return `${target}${target.includes('?') ? '&' : '?'}${query}`;
}

function authnRequest(
  { entityId, acsUrl }: SamlService,
  target: string,
  request: LoginRequest,
  now: Instant,
): string {
  const { prompt, maxAge } = request.asked;
  const attributes = {
    'xmlns:samlp': samlProtocol,
    'xmlns:saml': assertionNamespace,
    ID: samlRequestId(request),
    Version: '2.0',
    IssueInstant: toRfc3339(now),
    Destination: target,
    ProtocolBinding: postBinding,
    AssertionConsumerServiceURL: acsUrl,
    // SAML cannot ask for a sign-in of a certain age. Without this, whoever signed in there too long ago would come back in vain each time.
    ...((prompt === 'login' || maxAge !== undefined) && { ForceAuthn: 'true' }),
    ...(prompt === 'none' && { IsPassive: 'true' }),
  };
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${escapeXml(value)}"`);
  // Without a format: Okta refuses one that is not the one that it is set to, `unspecified` too.
  return (
    `<samlp:AuthnRequest${written.join('')}><saml:Issuer>${escapeXml(entityId)}</saml:Issuer>` +
    '<samlp:NameIDPolicy AllowCreate="true"/></samlp:AuthnRequest>'
  );
}
