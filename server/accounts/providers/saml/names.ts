/** Names that SAML 2.0 gives things. */

export const assertionNamespace = 'urn:oasis:names:tc:SAML:2.0:assertion';
export const postBinding = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
export const bearerMethod = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
export const statusPrefix = 'urn:oasis:names:tc:SAML:2.0:status:';

/** How an identifier of a user is meant (SAML Core 8.3). */
export const nameIdFormats = {
  unspecified: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  emailAddress: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  transient: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
};
