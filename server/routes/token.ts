import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { OAuthError } from '../oauth/errors.ts';
import type { Profile } from '../oauth/profile.ts';
import { answerTokenRequest, grantTypes } from '../oauth/token.ts';
import type { TokenRequest } from '../oauth/token-request.ts';
import type { Services } from '../services.ts';
import type { Form } from './form.ts';
import { type BodyKind, readBody, readCredentials, sendJson } from './oauth-request.ts';

/** `POST /oauth2/token` (RFC 6749 3.2). The rules: `oauth/token.ts` and `oauth/grants/`. */
export function registerToken(app: FastifyInstance, services: Services): void {
  app.post('/oauth2/token', (request, reply) => answerToken(services, request, reply, 'standard', 'form'));
}

/** The token endpoint of a profile. */
export async function answerToken(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  profile: Profile,
  bodies: BodyKind,
): Promise<FastifyReply> {
  let grantType = 'none';
  try {
    const form = readBody(request, bodies);
    grantType = (grantTypes as readonly string[]).includes(form.get('grant_type') ?? '')
      ? (form.get('grant_type') as string)
      : 'other';
    const asked = readTokenRequest(request, form, profile);
    const response = await services.failureLimits.watch(asked, () => answerTokenRequest(services, asked));
    services.metrics.tokens.inc({ grant_type: grantType, outcome: 'ok' });
    return sendJson(reply, 200, response);
  } catch (error) {
    if (error instanceof OAuthError)
      services.metrics.tokens.inc({ grant_type: grantType, outcome: error.code });
    throw error;
  }
}

function readTokenRequest(request: FastifyRequest, form: Form, profile: Profile): TokenRequest {
  return {
    instance: request.instance,
    profile,
    ip: request.ip,
    credentials: readCredentials(request, form),
    grantType: form.get('grant_type'),
    scope: form.get('scope'),
    code: form.get('code'),
    redirectUri: form.get('redirect_uri'),
    codeVerifier: form.get('code_verifier'),
    refreshToken: form.get('refresh_token'),
    assertion: form.get('assertion'),
  };
}
