import type { Api } from '../../api/types.ts';
import { addressesOf } from '../../applications/connect/endpoints.ts';

/** What the programs that check access tokens are filled in with. */
export interface CheckValues {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly introspectionUri: string;
  /** Whom the tokens must be for. */
  readonly audience: string;
  readonly algorithm: Api['signing_alg'];
  readonly typ: Api['token_typ'];
  /** A scope of the API, as an example of one that a call may need. */
  readonly scope: string;
}

/** @param issuer the instance's `url` */
export function checkValuesOf(api: Api, issuer: string): CheckValues {
  const { jwks, introspect } = addressesOf(issuer);
  const example = api.scopes.find((scope) => scope.default) ?? api.scopes[0];
  return {
    issuer,
    jwksUri: jwks,
    introspectionUri: introspect,
    audience: api.identifier,
    algorithm: api.signing_alg,
    typ: api.token_typ,
    scope: example?.name ?? 'scope',
  };
}
