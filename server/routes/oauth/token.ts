import type { FastifyInstance } from 'fastify';
import { type BodyKind, type ClientEndpoint, registerClientEndpoint } from '../../http/oauth-call.ts';
import type { Profile } from '../../oauth/profile.ts';
import { answerTokenRequest, grantTypes } from '../../oauth/token/endpoint.ts';
import type { TokenRequest } from '../../oauth/token/request.ts';
import type { Services } from '../../services.ts';

/** `POST /oauth2/token` (RFC 6749 3.2). The rules: `oauth/token/endpoint.ts` and `oauth/token/grants/`. */
export function registerToken(app: FastifyInstance, services: Services): void {
  registerClientEndpoint(app, services, '/oauth2/token', tokenEndpoint('standard', 'form'));
}

/** The token endpoint of a profile. */
export function tokenEndpoint(profile: Profile, bodies: BodyKind): ClientEndpoint<TokenRequest> {
  return {
    bodies,
    read: (form, common) => ({
      ...common,
      profile,
      grantType: form.get('grant_type'),
      scope: form.get('scope'),
      resources: form.all('resource'),
      code: form.get('code'),
      redirectUri: form.get('redirect_uri'),
      codeVerifier: form.get('code_verifier'),
      refreshToken: form.get('refresh_token'),
      assertion: form.get('assertion'),
    }),
    answer: answerTokenRequest,
    count: ({ metrics }, request, outcome) => {
      const known = grantTypes.find((each) => each === request?.grantType);
      metrics.tokens.inc({ grant_type: known ?? (request ? 'other' : 'none'), outcome });
    },
  };
}
