import type { FastifyInstance, FastifyReply } from 'fastify';
import { resourceMetadata, serverMetadata } from '../../oauth/metadata.ts';
import type { Services } from '../../services.ts';

/** Where the metadata is looked for: RFC 8414 3, OpenID Connect Discovery 4. */
const metadataPaths = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'];

/** What anybody may read from anywhere: the metadata and the public keys (RFC 7517). */
export function registerDiscovery(app: FastifyInstance, services: Services): void {
  for (const path of metadataPaths)
    app.get(path, (request, reply) =>
      sendPublic(reply, 'application/json', serverMetadata(request.instance)),
    );
  app.get('/.well-known/oauth-protected-resource', (request, reply) =>
    sendPublic(reply, 'application/json', resourceMetadata(request.instance)),
  );
  app.get('/oauth2/jwks', async (request, reply) => {
    const jwks = await services.signingKeys.jwks(request.instance.id);
    return sendPublic(reply, 'application/jwk-set+json', jwks);
  });
}

function sendPublic(reply: FastifyReply, type: string, body: object): FastifyReply {
  return reply
    .header('cache-control', 'public, max-age=300')
    .type(`${type}; charset=utf-8`)
    .send(JSON.stringify(body));
}
