import type { FastifyInstance } from 'fastify';
import { registerClientEndpoint } from '../../http/oauth-call.ts';
import { answerWorkfrontExchange, jwtBearerGrantType } from '../../oauth/token/endpoint.ts';
import type { TokenRequest } from '../../oauth/token/request.ts';
import type { Services } from '../../services.ts';
import { registerAuthorizeOf } from './authorize.ts';
import { revocationEndpoint } from './revoke.ts';
import { tokenEndpoint } from './token.ts';

const api = '/integrations/oauth2/api/v1';

/**
 * The Workfront profile: the same rules behind the paths, bodies and answers that existing integrations rely on. What
 * differs in the rules themselves goes by `oauth/profile.ts`.
 */
export function registerWorkfront(app: FastifyInstance, services: Services): void {
  registerAuthorizeOf(app, services, 'workfront');
  registerClientEndpoint(app, services, `${api}/token`, tokenEndpoint('workfront', 'form-or-json'));
  registerClientEndpoint(
    app,
    services,
    `${api}/revoke`,
    revocationEndpoint('form-or-json', (form) => form.get('token') ?? form.get('refresh_token')),
  );
  registerClientEndpoint<TokenRequest>(app, services, `${api}/jwt/exchange`, {
    bodies: 'form',
    read: (form, common) => ({
      ...common,
      profile: 'workfront',
      resources: [],
      assertion: form.get('jwt_token'),
    }),
    answer: answerWorkfrontExchange,
    count: ({ metrics }, _request, outcome) =>
      metrics.tokens.inc({ grant_type: jwtBearerGrantType, outcome }),
  });
}
