import { generateKeyPairSync } from 'node:crypto';

/** A public key of a product, as it publishes it. */
export function publicJwk(kid = 'key-1'): Record<string, unknown> {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'ES256' };
}

/** The metadata of an identity provider that nobody has to be signed in by. */
export const samlMetadata = `<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://saml.example.com">
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://saml.example.com/sso"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>`;

/** What makes a provider of each type: what is required, and no more. */
export const newProviders = {
  oidc: {
    type: 'oidc',
    name: 'Example Login',
    issuer: 'https://login.example.com/realms/main',
    client_id: 'postern',
  },
  saml: { type: 'saml', name: 'Customer SSO', metadata_url: 'https://saml.example.com/metadata' },
  handover: {
    type: 'handover',
    name: 'The product',
    login_url: 'https://product.example.com/oauth/sign-in',
    issuer: 'https://product.example.com',
    jwks_uri: 'https://product.example.com/jwks.json',
  },
} as const;
