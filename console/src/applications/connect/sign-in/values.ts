import { identityScopes } from '../../../../../server/model/scopes.ts';
import type { Application, Instance } from '../../../api/types.ts';

/** What the programs are filled in with. */
export interface SignInValues {
  readonly issuer: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** Those about who somebody is; a sign-in needs no others. */
  readonly scopes: readonly string[];
  readonly algorithm: 'ES256' | 'RS256';
  /** Where users go after signing out; undefined leaves them on this server's page. */
  readonly signedOutUri: string | undefined;
}

/** Stands in the programs while the application has no redirect URL that they can use. */
const exampleRedirectUri = 'http://localhost:3000/callback';

/** The application's own values, as far as a web server or a page can use them. */
export function signInValuesOf(application: Application, instance: Instance): SignInValues {
  const { redirect_uris = [], post_logout_redirect_uris = [] } = application;
  const isOfWeb = (uri: string) => /^https?:/.test(uri) && !uri.includes('?');
  return {
    issuer: instance.url,
    clientId: application.client_id,
    redirectUri: redirect_uris.find(isOfWeb) ?? exampleRedirectUri,
    scopes: identityScopes.filter((scope) => application.scopes.includes(scope)),
    algorithm: application.id_token_signed_response_alg ?? 'ES256',
    signedOutUri: post_logout_redirect_uris.find(isOfWeb),
  };
}

/** Where a program listens, and at which paths it answers. */
export interface Place {
  readonly origin: string;
  /** Whether the origin is this machine's. */
  readonly isHere: boolean;
  readonly port: number;
  readonly callback: string;
  readonly home: string;
}

/** The redirect URL's own place on this machine; behind a proxy of another host, port 3000. */
export function placeOf({ redirectUri }: Pick<SignInValues, 'redirectUri'>): Place {
  const { protocol, hostname, port, pathname, origin } = new URL(redirectUri);
  const isHere = protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return {
    origin,
    isHere,
    port: isHere ? Number(port || 80) : 3000,
    callback: pathname,
    home: pathname === '/' ? '/home' : '/',
  };
}

/** Whether the server is one without TLS, for trying things out. */
export function isInsecure({ issuer }: Pick<SignInValues, 'issuer'>): boolean {
  return issuer.startsWith('http:');
}
