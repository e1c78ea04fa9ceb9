import { instanceUrl } from '../base/paths.ts';
import { signedWith } from '../model/application.ts';
import { type Instance, offlineAccess } from '../model/instance.ts';
import { locales } from '../model/user.ts';
import { prompts } from './authorize/request.ts';
import { grantTypes } from './token/endpoint.ts';

const clientAlgorithms = Object.values(signedWith).flat();

/** The authorization server's metadata (RFC 8414 2, RFC 9207 3). */
export function serverMetadata(instance: Instance): Record<string, unknown> {
  const confidential = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'];
  return {
    issuer: instance.url,
    authorization_endpoint: instanceUrl(instance, '/oauth2/authorize'),
    token_endpoint: instanceUrl(instance, '/oauth2/token'),
    revocation_endpoint: instanceUrl(instance, '/oauth2/revoke'),
    introspection_endpoint: instanceUrl(instance, '/oauth2/introspect'),
    jwks_uri: instanceUrl(instance, '/oauth2/jwks'),
    scopes_supported: [...instance.scopes.map((scope) => scope.name), offlineAccess],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: grantTypes,
    token_endpoint_auth_methods_supported: [...confidential, 'none'],
    token_endpoint_auth_signing_alg_values_supported: clientAlgorithms,
    revocation_endpoint_auth_methods_supported: [...confidential, 'none'],
    revocation_endpoint_auth_signing_alg_values_supported: clientAlgorithms,
    introspection_endpoint_auth_methods_supported: confidential,
    introspection_endpoint_auth_signing_alg_values_supported: clientAlgorithms,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    prompt_values_supported: prompts,
    ui_locales_supported: locales,
  };
}
