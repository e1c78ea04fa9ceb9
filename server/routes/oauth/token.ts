import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type BodyKind, readBody, readCredentials } from '../../http/oauth-call.ts';
import { sendJson } from '../../http/reply.ts';
import { claimedClientId } from '../../oauth/client/failures.ts';
import { OAuthError } from '../../oauth/errors.ts';
import type { Form } from '../../oauth/parameters.ts';
import type { Profile } from '../../oauth/profile.ts';
import { answerTokenRequest, grantTypes } from '../../oauth/token/endpoint.ts';
import type { TokenRequest } from '../../oauth/token/request.ts';
import type { Services } from '../../services.ts';

/** `POST /oauth2/token` (RFC 6749 3.2). The rules: `oauth/token/endpoint.ts` and `oauth/grants/`. */
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
  const counted: CountedRequest = { grantType: 'none' };
  return answerCounted(services, reply, counted, () => {
    const form = readBody(request, bodies);
    const grantType = form.get('grant_type');
    counted.grantType = grantTypes.find((each) => each === grantType) ?? 'other';
    const asked = readTokenRequest(request, form, profile);
    return services.failureLimits.watch(
      {
        instance: asked.instance,
        ip: asked.ip,
        claimedClientId: () => claimedClientId(asked.credentials, asked.assertion),
      },
      () => answerTokenRequest(services, asked),
    );
  });
}

/** What is known of a request for tokens when its outcome is counted. */
export interface CountedRequest {
  grantType: (typeof grantTypes)[number] | 'other' | 'none';
}

/**
 * Carries out a request for tokens, counts its outcome, and answers.
 * @param counted may be filled in by the work
 */
export async function answerCounted(
  { metrics }: Services,
  reply: FastifyReply,
  counted: CountedRequest,
  work: () => Promise<object>,
): Promise<FastifyReply> {
  try {
    const response = await work();
    metrics.tokens.inc({ grant_type: counted.grantType, outcome: 'ok' });
    return sendJson(reply, 200, response);
  } catch (error) {
    if (error instanceof OAuthError)
      metrics.tokens.inc({ grant_type: counted.grantType, outcome: error.code });
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
