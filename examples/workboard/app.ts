import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type AccessToken, createVerifier, requireScope, TokenError } from '../../verify/index.ts';
import { boardOf } from './board.ts';

export interface WorkboardOptions {
  /** The Postern server whose access tokens count. */
  issuer: string;
  /** Origins of single-page apps that may read answers in a browser (CORS). */
  origins: readonly string[];
}

/** A small work-management API that shows how a resource server takes Postern's access tokens. */
export function buildWorkboard({ issuer, origins }: WorkboardOptions): FastifyInstance {
  const verify = createVerifier({ issuer });
  const app = Fastify({ logger: false, forceCloseConnections: true });

  app.addHook('onRequest', async (request, reply) => {
    reply.header('Vary', 'Origin').header('Cache-Control', 'no-store');
    const { origin } = request.headers;
    if (origin === undefined || !origins.includes(origin)) return;
    reply
      .header('Access-Control-Allow-Origin', origin)
      .header('Access-Control-Allow-Headers', 'Authorization, sessionID')
      .header('Access-Control-Expose-Headers', 'WWW-Authenticate');
    if (request.method === 'OPTIONS') return reply.code(204).send();
  });

  /** Who calls: every route asks this first. */
  async function whoCalls(request: FastifyRequest): Promise<AccessToken> {
    const accessToken = await verify(tokenOf(request));
    requireScope(accessToken, 'api');
    return accessToken;
  }

  app.get<Search>('/attask/api/:version/proj/search', versioned, async (request) => {
    const { projects } = boardOf((await whoCalls(request)).subject);
    const { name } = request.query;
    return { data: projects.filter((project) => name === undefined || project.name === name) };
  });

  app.get<ById>('/attask/api/:version/proj/:id', versioned, async (request, reply) => {
    const { projects } = boardOf((await whoCalls(request)).subject);
    const project = projects.find(({ ID }) => ID === request.params.id);
    return project ? { data: project } : fail(reply, 404, 'APIModelException', 'There is no such project.');
  });

  app.get<Search>('/attask/api/:version/task/search', versioned, async (request) => {
    const { tasks } = boardOf((await whoCalls(request)).subject);
    const { projectID } = request.query;
    return { data: tasks.filter((task) => projectID === undefined || task.projectID === projectID) };
  });

  app.setNotFoundHandler((_request, reply) =>
    fail(reply, 404, 'APIModelException', 'There is nothing at this address.'),
  );

  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof TokenError)) {
      process.stderr.write(`workboard: ${error instanceof Error ? error.stack : String(error)}\n`);
      return fail(reply, 500, 'ServerException', 'Something went wrong here.');
    }
    if (error.code === 'unavailable') {
      reply.header('Retry-After', '1');
      return fail(reply, 503, 'ServerException', 'The token cannot be verified at the moment.');
    }
    if (error.code === 'insufficient_scope') {
      reply.header('WWW-Authenticate', 'Bearer error="insufficient_scope", scope="api"');
      return fail(reply, 403, 'AuthorizationException', 'The access token does not have the scope "api".');
    }
    reply.header('WWW-Authenticate', `Bearer error="invalid_token", error_description="${error.code}"`);
    return fail(reply, 401, 'AuthenticationException', 'You are not currently logged in.');
  });

  return app;
}

type Search = { Querystring: { name?: string; projectID?: string } };
type ById = { Params: { version: string; id: string } };

/** Every version of the API is the same here. */
const versioned = {
  preHandler: async (request: FastifyRequest, reply: FastifyReply) => {
    const { version } = request.params as { version: string };
    if (!/^v\d{1,3}\.0$/.test(version))
      return fail(reply, 404, 'APIModelException', `There is no version ${version}.`);
  },
};

/** The access token: from `Authorization: Bearer …` (RFC 6750) or from the header `sessionID`. */
function tokenOf(request: FastifyRequest): string {
  const { sessionid, authorization } = request.headers;
  if (typeof sessionid === 'string') return sessionid;
  return authorization?.match(/^Bearer +(\S+)$/i)?.[1] ?? '';
}

function fail(reply: FastifyReply, status: number, exception: string, message: string): FastifyReply {
  return reply.code(status).send({ error: { class: `com.attask.common.${exception}`, message } });
}
