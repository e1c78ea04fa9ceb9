import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { resourceTypes, schemas, serviceProviderConfig } from '../../accounts/scim/discovery.ts';
import { ScimError } from '../../accounts/scim/error.ts';
import type { Instance } from '../../model/instance.ts';
import { sendScim } from './reply.ts';

/** What there is (RFC 7644 4): `/ServiceProviderConfig`, `/ResourceTypes` and `/Schemas`. */
export function registerScimDiscovery(app: FastifyInstance): void {
  app.get('/ServiceProviderConfig', async (request, reply) => {
    refuseFilter(request);
    return sendScim(reply, 200, serviceProviderConfig(request.instance));
  });
  registerDocuments(app, '/ResourceTypes', resourceTypes);
  registerDocuments(app, '/Schemas', schemas);
}

function registerDocuments(
  app: FastifyInstance,
  path: string,
  documentsOf: (instance: Instance) => readonly { readonly id: string }[],
): void {
  app.get(path, async (request, reply) => {
    refuseFilter(request);
    const documents = documentsOf(request.instance);
    return sendScim(reply, 200, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: documents.length,
      startIndex: 1,
      itemsPerPage: documents.length,
      Resources: documents,
    });
  });
  app.get(`${path}/:id`, async (request: FastifyRequest, reply: FastifyReply) => {
    const { id } = request.params as { id: string };
    const found = documentsOf(request.instance).find((each) => each.id.toLowerCase() === id.toLowerCase());
    if (!found) throw new ScimError(404, null, 'There is nothing with this ID.');
    return sendScim(reply, 200, found);
  });
}

/** A filter here must not be passed over in silence (RFC 7644 4). */
function refuseFilter({ query }: FastifyRequest): void {
  if ((query as Record<string, unknown>)['filter'] !== undefined)
    throw new ScimError(403, null, 'This endpoint takes no filter.');
}
