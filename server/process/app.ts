import cookie from '@fastify/cookie';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { randomId } from '../base/ids.ts';
import { SECOND } from '../base/units.ts';
import { registerCors } from '../http/cors.ts';
import { registerErrors } from '../http/errors.ts';
import { enterInstance } from '../http/instance-of.ts';
import { JsonText } from '../http/oauth-call.ts';
import { MalformedRequest, namesTwoHosts, routableUrl } from '../http/request-target.ts';
import { Form, refuseTooManyParameters } from '../oauth/parameters.ts';
import { buildSerializer } from '../routes/api/http/serializers.ts';
import { buildValidator } from '../routes/api/http/validation.ts';
import { registerApi } from '../routes/api/index.ts';
import { registerAuthorize } from '../routes/oauth/authorize.ts';
import { registerConsent } from '../routes/oauth/consent.ts';
import { registerDiscovery } from '../routes/oauth/discovery.ts';
import { registerIntrospect } from '../routes/oauth/introspect.ts';
import { registerLogout } from '../routes/oauth/logout.ts';
import { registerPar } from '../routes/oauth/par.ts';
import { registerRevoke } from '../routes/oauth/revoke.ts';
import { registerToken } from '../routes/oauth/token.ts';
import { registerUserinfo } from '../routes/oauth/userinfo.ts';
import { registerWorkfront } from '../routes/oauth/workfront.ts';
import { registerHealth } from '../routes/operator/health.ts';
import { registerMetrics } from '../routes/operator/metrics.ts';
import { registerConsole } from '../routes/people/console.ts';
import { registerPages } from '../routes/people/index.ts';
import { registerLogos } from '../routes/people/logos.ts';
import { registerScim } from '../routes/scim/index.ts';
import type { ProcessServices } from './open-services.ts';

const bodyLimit = 64 * 1024;
/** Room for an authorization request inside the sign-in page's address. */
const longestHeader = 32 * 1024;

/** The whole server as one Fastify application that listens nowhere yet. Every route is registered here, by name. */
export async function buildApp(services: ProcessServices): Promise<FastifyInstance> {
  const app = Fastify({
    genReqId: () => randomId(),
    bodyLimit,
    // Whoever takes longer than that for a request, byte by byte, is looked for every few seconds.
    http: {
      maxHeaderSize: longestHeader,
      headersTimeout: 15 * SECOND,
      connectionsCheckingInterval: 5 * SECOND,
      // Of two lines with one name the first does not count alone: another server on the way may have read the second.
      joinDuplicateHeaders: true,
    },
    trustProxy: services.config.trustProxy.length > 0 ? [...services.config.trustProxy] : false,
    requestTimeout: 30 * SECOND,
    // Whoever does not read an answer for that long is hung up on.
    connectionTimeout: 90 * SECOND,
    forceCloseConnections: 'idle',
    rewriteUrl: ({ url = '/' }) => routableUrl(url),
    // An ID that is too long is one that nothing has, as the routes say.
    routerOptions: { maxParamLength: longestHeader },
    schemaController: { compilersFactory: { buildSerializer, buildValidator } },
    // Whoever asks while the server is about to stop is answered like everybody, and told to close the connection.
    return503OnClosing: false,
  });
  await app.register(cookie);
  // biome-ignore lint/suspicious/noExplicitAny: Fastify wants a value; every request gets its own before it is read
  app.decorateRequest('instance', null as any);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    if (namesTwoHosts(request)) throw new MalformedRequest('the request names two hosts');
    refuseTooManyParameters(request.url);
  });
  registerErrors(app, services);
  registerMetrics(app, services);
  registerHealth(app, services);

  await app.register(async (hosted) => {
    hosted.addHook('onRequest', async (request, reply) => {
      await enterInstance(services, request);
      if (request.instance.url.startsWith('https:'))
        reply.header('strict-transport-security', 'max-age=31536000');
    });
    await hosted.register(async (api) => registerApi(api, services));
    await hosted.register(async (scim) => registerScim(scim, services));
    await hosted.register(async (site) => {
      takeAnyBody(site);
      registerCors(site, services);
      registerDiscovery(site, services);
      registerAuthorize(site, services);
      registerPar(site, services);
      registerConsent(site, services);
      registerToken(site, services);
      registerLogout(site, services);
      registerRevoke(site, services);
      registerIntrospect(site, services);
      registerUserinfo(site, services);
      registerWorkfront(site, services);
      registerLogos(site, services);
      registerPages(site, services);
      await registerConsole(site, services);
    });
  });
  return app;
}

/** Bodies of the OAuth endpoints and pages: forms; JSON for whoever takes it; the rest is nothing, and refused there. */
function takeAnyBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_request: FastifyRequest, body: string) => Form.fromText(body),
  );
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
    done(null, new JsonText(body as string)),
  );
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null, undefined));
}
