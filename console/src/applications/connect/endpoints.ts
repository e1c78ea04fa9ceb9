/** The two front doors of the authorization server: the standards' own, and the one that Workfront integrations know. */
export type Profile = 'standard' | 'workfront';
export const profiles: readonly Profile[] = ['standard', 'workfront'];

/** The endpoints that a client of any type may need. */
export interface Endpoints {
  readonly authorize: string;
  readonly token: string;
  readonly revoke: string;
  /** Where a signed JWT is swapped for a token; the token endpoint itself in the standard profile. */
  readonly jwt: string;
}

/** The server's addresses. @param issuer the instance's `url` */
export function addressesOf(issuer: string) {
  const at = (path: string) => issuer.replace(/\/$/, '') + path;
  return {
    discovery: at('/.well-known/openid-configuration'),
    metadata: at('/.well-known/oauth-authorization-server'),
    jwks: at('/oauth2/jwks'),
    introspect: at('/oauth2/introspect'),
    userinfo: at('/oauth2/userinfo'),
    signOut: at('/oauth2/logout'),
    standard: {
      authorize: at('/oauth2/authorize'),
      token: at('/oauth2/token'),
      revoke: at('/oauth2/revoke'),
      jwt: at('/oauth2/token'),
    },
    workfront: {
      authorize: at('/integrations/oauth2/authorize'),
      token: at('/integrations/oauth2/api/v1/token'),
      revoke: at('/integrations/oauth2/api/v1/revoke'),
      jwt: at('/integrations/oauth2/api/v1/jwt/exchange'),
    },
    /** Where the console itself takes answers of the authorization endpoint. */
    trial: at('/console/try'),
  } as const satisfies Record<string, string | Endpoints>;
}
