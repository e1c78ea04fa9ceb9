import type { FastifyInstance } from 'fastify';
import { ScimError } from '../../accounts/scim/error.ts';
import { listRoutes } from '../../http/errors.ts';
import type { Services } from '../../services.ts';
import { authenticateScim } from './authenticate.ts';
import { registerScimDiscovery } from './discovery.ts';
import { answerScimError } from './reply.ts';
import { registerScimUsers } from './users.ts';

/** Room for a user with pictures and certificates, or a hundred operations. */
const bodyLimit = 256 * 1024;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Registers SCIM 2.0 (RFC 7644) under /scim/v2: how identity providers make, change and deactivate the users whom they have. */
export async function registerScim(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(
    async (scim) => {
      scim.setErrorHandler((error, request, reply) => answerScimError(services, error, request, reply));
      const routes = listRoutes(scim);
      scim.setNotFoundHandler(({ url }, reply) => {
        const allowed = routes.methodsOf(url);
        if (allowed.length === 0)
          throw new ScimError(404, null, 'There is nothing at this path; users are at /scim/v2/Users.');
        reply.header('allow', allowed.join(', '));
        throw new ScimError(405, null, `This path answers ${allowed.join(', ')}.`);
      });
      await scim.register(
        async (v2) => {
          v2.addHook('onRequest', (request) => authenticateScim(services, request));
          takeJson(v2);
          registerScimDiscovery(v2);
          registerScimUsers(v2, services);
        },
        { prefix: '/v2' },
      );
    },
    { prefix: '/scim' },
  );
}

/** JSON under either name (RFC 7644 3.1, 8.1); an empty body is none, whatever its name. */
function takeJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    ['application/scim+json', 'application/json'],
    { parseAs: 'buffer', bodyLimit },
    (_request, body, done) => {
      if (body.length === 0) return done(null, undefined);
      try {
        done(null, JSON.parse(utf8.decode(body as Buffer)));
      } catch {
        done(new ScimError(400, 'invalidSyntax', 'The body is not well-formed JSON in UTF-8.'));
      }
    },
  );
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    done(new ScimError(415, null, 'The body must be sent as application/scim+json or application/json.'));
  });
}
