import type { HttpRequest } from './http/exchange.ts';

/** How a client shows who it is (RFC 6749 2.3, RFC 7523 2.2). */
export type AuthenticationMethod = 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';
export const authenticationMethods: readonly AuthenticationMethod[] = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
];

/** What goes into one request. Empty texts stand for what is not known yet. */
export type Credentials =
  | { readonly method: 'none'; readonly clientId: string }
  | {
      readonly method: 'client_secret_basic' | 'client_secret_post';
      readonly clientId: string;
      readonly secret: string;
    }
  | { readonly method: 'private_key_jwt'; readonly clientId: string; readonly assertion: string };

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The request with the client's credentials in it. */
export function withCredentials(request: HttpRequest, credentials: Credentials): HttpRequest {
  const { clientId } = credentials;
  const name = { name: 'client_id', value: clientId };
  switch (credentials.method) {
    case 'none':
      return { ...request, form: [name, ...request.form] };
    case 'client_secret_basic': {
      // Form-encoded before they are joined (RFC 6749 2.3.1).
      const pair = [clientId, credentials.secret].map(encodeURIComponent).join(':');
      const value = credentials.secret === '' ? 'Basic ' : `Basic ${btoa(pair)}`;
      return { ...request, headers: [...request.headers, { name: 'Authorization', value }] };
    }
    case 'client_secret_post':
      return {
        ...request,
        form: [name, { name: 'client_secret', value: credentials.secret }, ...request.form],
      };
    case 'private_key_jwt':
      return {
        ...request,
        form: [
          ...request.form,
          { name: 'client_assertion_type', value: assertionType },
          { name: 'client_assertion', value: credentials.assertion },
        ],
      };
  }
}
