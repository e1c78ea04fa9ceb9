import type { FastifyInstance } from 'fastify';
import { readBody, readCredentials } from '../../http/oauth-call.ts';
import { claimedClientId } from '../../oauth/client/failures.ts';
import { exchangeWorkfrontJwt } from '../../oauth/token/grants/jwt-bearer.ts';
import type { TokenRequest } from '../../oauth/token/request.ts';
import type { Services } from '../../services.ts';
import { registerAuthorizeOf } from './authorize.ts';
import { answerRevocation } from './revoke.ts';
import { answerCounted, answerToken } from './token.ts';

/**
 * The Workfront profile: the same rules behind the paths, bodies and answers that existing integrations rely on. What
 * differs in the rules themselves goes by `oauth/profile.ts`.
 */
export function registerWorkfront(app: FastifyInstance, services: Services): void {
  registerAuthorizeOf(app, services, 'workfront');

  app.post('/integrations/oauth2/api/v1/token', (request, reply) =>
    answerToken(services, request, reply, 'workfront', 'form-or-json'),
  );

  app.post('/integrations/oauth2/api/v1/revoke', async (request, reply) => {
    const form = readBody(request, 'form-or-json');
    const token = form.get('token') ?? form.get('refresh_token');
    return answerRevocation(services, request, reply, form, token);
  });

  app.post('/integrations/oauth2/api/v1/jwt/exchange', (request, reply) =>
    answerCounted(services, reply, { grantType: 'urn:ietf:params:oauth:grant-type:jwt-bearer' }, () => {
      const form = readBody(request, 'form');
      const asked: TokenRequest = {
        instance: request.instance,
        profile: 'workfront',
        ip: request.ip,
        credentials: readCredentials(request, form),
        assertion: form.get('jwt_token'),
      };
      return services.failureLimits.watch(
        {
          instance: asked.instance,
          ip: asked.ip,
          claimedClientId: () => claimedClientId(asked.credentials, asked.assertion),
        },
        () => exchangeWorkfrontJwt(services, asked),
      );
    }),
  );
}
