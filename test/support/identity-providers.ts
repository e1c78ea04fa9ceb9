import { generateKeyPairSync } from 'node:crypto';
import { SamlIdp } from './saml-idp.ts';

/** A public key of a product, as it publishes it. */
export function publicJwk(kid = 'key-1'): Record<string, unknown> {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'ES256' };
}

/** The metadata of an identity provider that nobody has to be signed in by. */
export const samlMetadata = new SamlIdp('https://saml.example.com').metadata();

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
