import type { FastifyInstance } from 'fastify';
import { registerClientEndpoint } from '../../http/oauth-call.ts';
import { parametersOf } from '../../oauth/authorize/parameters.ts';
import { type PushRequest, pushRequest } from '../../oauth/authorize/pushed.ts';
import { answerClient } from '../../oauth/client/call.ts';
import type { Services } from '../../services.ts';

/** `POST /oauth2/par` (RFC 9126 2). The rule: `oauth/authorize/pushed.ts`. */
export function registerPar(app: FastifyInstance, services: Services): void {
  registerClientEndpoint<PushRequest>(app, services, '/oauth2/par', {
    bodies: 'form',
    status: 201,
    read: (form, common) => ({ ...common, parameters: parametersOf(form) }),
    answer: (needs, request) => answerClient(needs, request, pushRequest),
  });
}
