import { instanceUrl } from '../base/paths.ts';
import { scopesOf } from '../model/api.ts';
import type { Instance } from '../model/instance.ts';
import { authenticationClasses, userClaimNames } from '../model/openid.ts';
import { builtInScopes } from '../model/scopes.ts';
import { signingAlgorithms } from '../model/signing-algorithm.ts';
import { locales } from '../model/user.ts';
import { prompts, responseModes } from './authorize/request.ts';
import { clientAlgorithms } from './client/assertion.ts';
import { grantTypes } from './token/endpoint.ts';

/** The claims of ID tokens, besides those about users. */
const signInClaims = [
  'sub',
  'iss',
  'aud',
  'exp',
  'iat',
  'auth_time',
  'nonce',
  'sid',
  'amr',
  'acr',
  'at_hash',
];

/**
 * The server's metadata, as an authorization server and as an OpenID provider: one document for both (RFC 8414 2, RFC 9207 3, OpenID
 * Connect Discovery 3, RP-Initiated Logout 2.1, Back-Channel Logout 2.1).
 */
export function serverMetadata(instance: Instance): Record<string, unknown> {
  const confidential = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'];
  return {
    issuer: instance.url,
    authorization_endpoint: instanceUrl(instance, '/oauth2/authorize'),
    token_endpoint: instanceUrl(instance, '/oauth2/token'),
    pushed_authorization_request_endpoint: instanceUrl(instance, '/oauth2/par'),
    require_pushed_authorization_requests: false,
    revocation_endpoint: instanceUrl(instance, '/oauth2/revoke'),
    introspection_endpoint: instanceUrl(instance, '/oauth2/introspect'),
    userinfo_endpoint: instanceUrl(instance, '/oauth2/userinfo'),
    end_session_endpoint: instanceUrl(instance, '/oauth2/logout'),
    jwks_uri: instanceUrl(instance, '/oauth2/jwks'),
    scopes_supported: [...builtInScopes, ...scopesOf(instance).map((scope) => scope.name)],
    response_types_supported: ['code'],
    response_modes_supported: responseModes,
    grant_types_supported: grantTypes,
    token_endpoint_auth_methods_supported: [...confidential, 'none'],
    token_endpoint_auth_signing_alg_values_supported: clientAlgorithms,
    revocation_endpoint_auth_methods_supported: [...confidential, 'none'],
    revocation_endpoint_auth_signing_alg_values_supported: clientAlgorithms,
    introspection_endpoint_auth_methods_supported: confidential,
    introspection_endpoint_auth_signing_alg_values_supported: clientAlgorithms,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: signingAlgorithms,
    claim_types_supported: ['normal'],
    claims_supported: [...signInClaims, ...userClaimNames],
    claims_parameter_supported: true,
    acr_values_supported: authenticationClasses,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    prompt_values_supported: prompts,
    ui_locales_supported: locales,
  };
}

/**
 * The metadata of the REST API as a protected resource (RFC 9728 2): which API it is, who gives tokens for it, and the scopes there.
 */
export function resourceMetadata(instance: Instance): Record<string, unknown> {
  return {
    resource: instance.url,
    authorization_servers: [instance.url],
    jwks_uri: instanceUrl(instance, '/oauth2/jwks'),
    scopes_supported: instance.scopes.map(({ name }) => name),
    bearer_methods_supported: ['header'],
    resource_name: instance.name,
  };
}
