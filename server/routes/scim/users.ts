import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { invalidValue, ScimError } from '../../accounts/scim/error.ts';
import { parseFilter } from '../../accounts/scim/filter.ts';
import { type ListRequest, listManagedUsers, mostListed } from '../../accounts/scim/list.ts';
import { presentScimUser } from '../../accounts/scim/mapping.ts';
import { readOperations } from '../../accounts/scim/patch.ts';
import { type Projection, project, readProjection } from '../../accounts/scim/projection.ts';
import { isObject, readResource } from '../../accounts/scim/resource.ts';
import {
  createScimUser,
  deleteScimUser,
  findManagedUser,
  patchScimUser,
  replaceScimUser,
} from '../../accounts/scim/users.ts';
import type { ScimUser } from '../../model/scim-user.ts';
import type { Services } from '../../services.ts';
import { sendScim } from './reply.ts';

const usuallyListed = mostListed / 2;

/** `/Users` (RFC 7644 3). The rules: `accounts/scim/users.ts`. */
export function registerScimUsers(app: FastifyInstance, services: Services): void {
  const show = (request: FastifyRequest, scimUser: ScimUser, projection: Projection) =>
    project(presentScimUser(request.instance, scimUser), projection);
  const projectionOf = ({ query }: FastifyRequest) => {
    const { attributes, excludedAttributes } = query as Record<string, unknown>;
    return readProjection(attributes, excludedAttributes);
  };
  const idOf = ({ params }: FastifyRequest) => (params as { id: string }).id;

  const list = async (request: FastifyRequest, reply: FastifyReply, asked: Record<string, unknown>) => {
    const projection = readProjection(asked['attributes'], asked['excludedAttributes']);
    const { total, startIndex, users } = await listManagedUsers(
      services.db,
      request.scim,
      readListRequest(asked),
    );
    return sendScim(reply, 200, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: total,
      startIndex,
      itemsPerPage: users.length,
      Resources: users.map((user) => show(request, user, projection)),
    });
  };

  app.get('/Users', (request, reply) => list(request, reply, request.query as Record<string, unknown>));
  // Filters name people: by POST they stay out of the logs that have URLs in them (RFC 7644 3.4.3).
  app.post('/.search', (request, reply) => {
    if (!isObject(request.body)) throw new ScimError(400, 'invalidSyntax', 'The body must be a JSON object.');
    return list(request, reply, request.body);
  });

  app.post('/Users', async (request, reply) => {
    const projection = projectionOf(request);
    const made = await createScimUser(services, request.scim, readResource(request.body));
    const shown = presentScimUser(request.instance, made);
    reply.header('location', (shown['meta'] as { location: string }).location);
    return sendScim(reply, 201, project(shown, projection));
  });

  app.get('/Users/:id', async (request, reply) => {
    const projection = projectionOf(request);
    return sendScim(
      reply,
      200,
      show(request, await findManagedUser(services.db, request.scim, idOf(request)), projection),
    );
  });

  app.put('/Users/:id', async (request, reply) => {
    const projection = projectionOf(request);
    const resource = readResource(request.body);
    const user = await replaceScimUser(services, request.scim, idOf(request), resource);
    return sendScim(reply, 200, show(request, user, projection));
  });

  app.patch('/Users/:id', async (request, reply) => {
    const projection = projectionOf(request);
    const operations = readOperations(request.body);
    const user = await patchScimUser(services, request.scim, idOf(request), operations);
    return sendScim(reply, 200, show(request, user, projection));
  });

  app.delete('/Users/:id', async (request, reply) => {
    await deleteScimUser(services, request.scim, idOf(request));
    return reply.code(204).send();
  });
}

/** @throws ScimError `invalidFilter`, `invalidValue` */
function readListRequest({ filter, startIndex, count }: Record<string, unknown>): ListRequest {
  if (filter !== undefined && typeof filter !== 'string')
    throw new ScimError(400, 'invalidFilter', 'The filter must be one text.');
  return {
    filter: filter === undefined || filter.trim() === '' ? null : parseFilter(filter),
    startIndex: readInteger('startIndex', startIndex, 1),
    count: readInteger('count', count, usuallyListed),
  };
}

function readInteger(name: string, given: unknown, initially: number): number {
  if (given === undefined || given === '') return initially;
  if (!/^-?\d{1,9}$/.test(String(given))) throw invalidValue(`${name} must be a whole number.`);
  return Number(given);
}
