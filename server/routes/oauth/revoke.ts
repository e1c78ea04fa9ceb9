import type { FastifyInstance } from 'fastify';
import { type BodyKind, type ClientEndpoint, registerClientEndpoint } from '../../http/oauth-call.ts';
import { answerClient } from '../../oauth/client/call.ts';
import type { Form } from '../../oauth/parameters.ts';
import { type RevocationRequest, revoke } from '../../oauth/revoke.ts';
import type { Services } from '../../services.ts';

/** `POST /oauth2/revoke` (RFC 7009). The rules: `oauth/revoke.ts`. */
export function registerRevoke(app: FastifyInstance, services: Services): void {
  const endpoint = revocationEndpoint('form', (form) => form.get('token'));
  registerClientEndpoint(app, services, '/oauth2/revoke', endpoint);
}

/** The revocation endpoint of a profile. */
export function revocationEndpoint(
  bodies: BodyKind,
  tokenOf: (form: Form) => string | undefined,
): ClientEndpoint<RevocationRequest> {
  return {
    bodies,
    read: (form, common) => ({ ...common, token: tokenOf(form) }),
    answer: (needs, request) => answerClient(needs, request, revoke),
  };
}
