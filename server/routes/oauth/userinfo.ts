import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { bearerTokenOfRequest } from '../../http/bearer.ts';
import { sendJson } from '../../http/reply.ts';
import { userinfo } from '../../oauth/userinfo.ts';
import type { Services } from '../../services.ts';

/** `/oauth2/userinfo` (OpenID Connect Core 5.3). The rules: `oauth/userinfo.ts`. */
export function registerUserinfo(app: FastifyInstance, services: Services): void {
  const answer = async (request: FastifyRequest, reply: FastifyReply) =>
    sendJson(reply, 200, await userinfo(services, request.instance, bearerTokenOfRequest(request)));
  app.get('/oauth2/userinfo', answer);
  app.post('/oauth2/userinfo', answer);
}
