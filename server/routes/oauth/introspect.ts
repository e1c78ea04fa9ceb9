import type { FastifyInstance } from 'fastify';
import { registerClientEndpoint } from '../../http/oauth-call.ts';
import { answerClient } from '../../oauth/client/call.ts';
import { type IntrospectionRequest, introspect } from '../../oauth/introspect.ts';
import type { Services } from '../../services.ts';

/** `POST /oauth2/introspect` (RFC 7662). The rules: `oauth/introspect.ts`. */
export function registerIntrospect(app: FastifyInstance, services: Services): void {
  registerClientEndpoint<IntrospectionRequest>(app, services, '/oauth2/introspect', {
    bodies: 'form',
    read: (form, common) => ({ ...common, token: form.get('token') }),
    answer: (needs, request) => answerClient(needs, request, introspect),
  });
}
