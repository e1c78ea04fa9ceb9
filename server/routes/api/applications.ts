import type { Static } from 'typebox';
import type { Id } from '../../base/ids.ts';
import { type ApplicationType, applicationTypes } from '../../model/application.ts';
import {
  type ApplicationFields,
  type applicationFields,
  refuseFieldsOfOtherTypes,
  settableFieldLines,
} from '../../model/application-fields.ts';
import { valuesSent } from '../../model/fields.ts';
import type { Instance } from '../../model/instance.ts';
import {
  createApplication,
  deleteApplication,
  updateApplication,
} from '../../registry/applications/applications.ts';
import type { Services } from '../../services.ts';
import { countApplications, findClientOfApplication, listClients } from '../../store/applications.ts';
import { countUsersOfApplication } from '../../store/authorizations.ts';
import { findInstance } from '../../store/instances.ts';
import type { Api } from './http/api.ts';
import { applicationOfPath } from './http/application-of.ts';
import { pageQuery, readPage } from './http/page.ts';
import { answer, IdText, listOf, nothing, problems, ref, takesRecentPassword } from './http/schema.ts';
import Type from './http/schema-builders.ts';
import { oneOf } from './http/validation.ts';
import { type ApplicationView, missingTypes, presentApplication } from './shapes/application.ts';
import { changeSchemas, creationSchemas, type SchemaLine } from './shapes/fields.ts';

const ids = Type.Object({ id: IdText('The ID of the application.') });
const NewApplicationBody = Type.Object(
  {
    type: oneOf(applicationTypes),
    ...creationSchemas<typeof applicationFields>(settableFieldLines, missingTypes),
  },
  { additionalProperties: false },
);
const ApplicationBody = Type.Object(
  { ...changeSchemas<typeof applicationFields>(settableFieldLines, noteOfChange) },
  { additionalProperties: false },
);

/** Where counting the users of an application stops. */
const mostCounted = 1000;

/** GET and POST /applications; GET, PATCH and DELETE /applications/:id. */
export function registerApplications(api: Api, services: Services): void {
  const found = { onRequest: applicationOfPath(services) };
  const withUserCount = (instance: Instance) => async (application: ApplicationView) => ({
    ...application,
    user_count: await countUsersOfApplication(
      services.db,
      instance.id,
      application.id as Id,
      services.clock(),
      mostCounted,
    ),
  });

  api.get(
    '/applications',
    {
      schema: {
        operationId: 'listApplications',
        summary: 'List applications, oldest first',
        tags: ['applications'],
        querystring: Type.Object({
          ...pageQuery,
          include: Type.Optional(
            oneOf(['user_count'], {
              description: `Adds to each application the number of its users, at most ${mostCounted}.`,
            }),
          ),
        }),
        response: {
          200: answer(
            'A page of applications.',
            listOf('ListedApplication', { total: Type.Integer(), max_applications: Type.Integer() }),
          ),
          ...problems(422),
        },
      },
    },
    async ({ instance, query }) => {
      const [page, total, fresh] = await Promise.all([
        readPage(
          query,
          async (after, limit) =>
            (await listClients(services.db, instance.id, after, limit)).map((client) => ({
              id: client.application.id,
              client,
            })),
          ({ client }) => presentApplication(instance, client),
        ),
        countApplications(services.db, instance.id),
        findInstance(services.db, instance.id),
      ]);
      if (query.include === 'user_count')
        page.data = await Promise.all(page.data.map(withUserCount(instance)));
      return { ...page, total, max_applications: (fresh ?? instance).maxApplications };
    },
  );

  api.post(
    '/applications',
    {
      // The handler decides what is said first: a field of another type before a field that is wrong.
      attachValidation: true,
      schema: {
        operationId: 'createApplication',
        summary: 'Register an application',
        description: `For the types \`web\` and \`machine\`, this is the only answer that contains the \`client_secret\`. ${takesRecentPassword}`,
        tags: ['applications'],
        body: NewApplicationBody,
        response: {
          201: answer('The application.', ref('NewApplication')),
          ...problems(409, 413, 415, 422),
        },
      },
    },
    async (request, reply) => {
      refuseForeignFields(typeOf(request.body), request.body);
      if (request.validationError) throw request.validationError;
      const { type } = request.body;
      const { client, clientSecret } = await createApplication(services, request.caller.act, {
        ...fieldsOf(request.body),
        type,
        name: request.body.name,
      });
      reply.status(201).header('location', `/api/v1/applications/${client.application.id}`);
      return {
        ...presentApplication(request.instance, client),
        ...(clientSecret !== null && { client_secret: clientSecret }),
      };
    },
  );

  api.get(
    '/applications/:id',
    {
      ...found,
      schema: {
        operationId: 'getApplication',
        summary: 'Get an application',
        tags: ['applications'],
        params: ids,
        response: { 200: answer('The application.', ref('Application')), ...problems(404) },
      },
    },
    async ({ instance, application }) => {
      const client = await findClientOfApplication(services.db, instance.id, application.id);
      return presentApplication(instance, client ?? { application, secrets: [], publicKeys: [] });
    },
  );

  api.patch(
    '/applications/:id',
    {
      ...found,
      attachValidation: true,
      schema: {
        operationId: 'updateApplication',
        summary: 'Update an application',
        description:
          'With a session cookie, a change that gives the application more power requires that the password was entered in the last 15 minutes; the fields say so.',
        tags: ['applications'],
        params: ids,
        body: ApplicationBody,
        response: {
          200: answer('The application.', ref('Application')),
          ...problems(404, 413, 415, 422),
        },
      },
    },
    async (request) => {
      const { instance, application, body } = request;
      refuseForeignFields(application.type, body);
      if (request.validationError) throw request.validationError;
      const client = await updateApplication(services, request.caller.act, application.id, fieldsOf(body));
      return presentApplication(instance, client);
    },
  );

  api.delete(
    '/applications/:id',
    {
      ...found,
      schema: {
        operationId: 'deleteApplication',
        summary: 'Delete an application',
        tags: ['applications'],
        params: ids,
        response: { 204: nothing, ...problems(404, 413, 415) },
      },
    },
    async (request, reply) => {
      await deleteApplication(services, request.caller.act, request.application.id);
      return reply.status(204).send(null);
    },
  );
}

function noteOfChange(field: SchemaLine): string {
  const power = field.givesPower ? 'With a session cookie, a change may require a recent password.' : '';
  return [missingTypes(field), power].filter((note) => note !== '').join(' ');
}

function typeOf(body: unknown): ApplicationType | undefined {
  const type = (body as { type?: unknown } | null | undefined)?.type;
  return applicationTypes.find((known) => known === type);
}

function refuseForeignFields(type: ApplicationType | undefined, body: unknown): void {
  if (type && typeof body === 'object' && body !== null) refuseFieldsOfOtherTypes(type, Object.keys(body));
}

function fieldsOf(body: Static<typeof ApplicationBody>): Partial<ApplicationFields> {
  return valuesSent(settableFieldLines, body);
}
