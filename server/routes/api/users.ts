import type { FastifyRequest } from 'fastify';
import { createUser, updateUser } from '../../accounts/users.ts';
import { type Id, parseId } from '../../base/ids.ts';
import { Refusal } from '../../base/refusal.ts';
import { maxEmailLength, maxNameLength } from '../../base/text.ts';
import { setSessionCookie } from '../../http/cookies.ts';
import { locales, roles } from '../../model/user.ts';
import type { Services } from '../../services.ts';
import { listAuthorizationsOfUser } from '../../store/authorizations.ts';
import { findUser, listUsers } from '../../store/users.ts';
import type { Api } from './http/api.ts';
import { pageQuery, readPage, searchQuery } from './http/page.ts';
import { answer, IdText, listOf, problems, ref, takesRecentPassword } from './http/schema.ts';
import Type from './http/schema-builders.ts';
import { oneOf } from './http/validation.ts';
import { presentAuthorization } from './shapes/authorization.ts';
import { presentUser } from './shapes/user.ts';

const password = Type.String({ description: '12 to 256 characters.' });
const locale = Type.Optional(
  oneOf([...locales, null], {
    description: 'The language of the pages for this user; `null` to follow the browser.',
  }),
);
const NewUserBody = Type.Object(
  {
    email: Type.String({ maxLength: maxEmailLength }),
    name: Type.String({ maxLength: maxNameLength }),
    password,
    role: Type.Optional(oneOf(roles, { description: '`user` by default.' })),
    active: Type.Optional(Type.Boolean({ description: '`true` by default.' })),
    locale,
  },
  { additionalProperties: false },
);
const UserBody = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: maxNameLength })),
    role: Type.Optional(oneOf(roles)),
    active: Type.Optional(
      Type.Boolean({
        description:
          '`false` signs the user out. Until the user is active again, tokens that applications hold for the user are inactive.',
      }),
    ),
    locale,
    password: Type.Optional(password),
  },
  { additionalProperties: false },
);

const UsersQuery = Type.Object({
  ...pageQuery,
  ...searchQuery,
  role: Type.Optional(oneOf(roles)),
  active: Type.Optional(oneOf(['true', 'false'])),
});

/** GET and POST /users; GET and PATCH /users/:id; GET /users/:id/authorizations. */
export function registerUsers(api: Api, services: Services): void {
  const params = Type.Object({ id: IdText('The ID of the user.') });

  api.get(
    '/users',
    {
      schema: {
        operationId: 'listUsers',
        summary: 'List users, oldest first',
        tags: ['users'],
        querystring: UsersQuery,
        response: { 200: answer('A page of users.', listOf('User')), ...problems(422) },
      },
    },
    async ({ instance, query }) => {
      const { search, role } = query;
      const active = query.active === undefined ? undefined : query.active === 'true';
      return readPage(
        query,
        (after, limit) => listUsers(services.db, instance.id, { search, role, active }, after, limit),
        presentUser,
      );
    },
  );

  api.post(
    '/users',
    {
      schema: {
        operationId: 'createUser',
        summary: 'Create a user',
        description: takesRecentPassword,
        tags: ['users'],
        body: NewUserBody,
        response: { 201: answer('The user.', ref('User')), ...problems(409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const { email, name, password, locale, role = 'user', active } = request.body;
      const user = await createUser(services, request.caller.act, {
        email,
        name,
        role,
        active,
        password,
        locale,
      });
      reply.status(201).header('location', `/api/v1/users/${user.id}`);
      return presentUser(user);
    },
  );

  api.get(
    '/users/:id',
    {
      schema: {
        operationId: 'getUser',
        summary: 'Get a user',
        tags: ['users'],
        params,
        response: { 200: answer('The user.', ref('User')), ...problems(404) },
      },
    },
    async ({ instance, params: { id } }) => {
      const userId = parseId(id);
      const user = userId && (await findUser(services.db, instance.id, userId));
      if (!user) throw userNotFound();
      return presentUser(user);
    },
  );

  api.get(
    '/users/:id/authorizations',
    {
      schema: {
        operationId: 'listAuthorizationsOfUser',
        summary: 'List the authorizations of a user, oldest first',
        description: 'To end one, use `DELETE /applications/{id}/authorizations/{authorization_id}`.',
        tags: ['users'],
        params,
        querystring: Type.Object(pageQuery),
        response: {
          200: answer('A page of authorizations.', listOf('Authorization')),
          ...problems(404, 422),
        },
      },
    },
    async ({ instance, params: { id }, query }) => {
      const userId = parseId(id);
      if (!userId || !(await findUser(services.db, instance.id, userId))) throw userNotFound();
      return readPage(
        query,
        (after, limit) =>
          listAuthorizationsOfUser(services.db, instance.id, userId, after, limit, services.clock()),
        presentAuthorization,
      );
    },
  );

  api.patch(
    '/users/:id',
    {
      // Before the body is looked at: somebody who is not there has no fields.
      onRequest: async (request: FastifyRequest) => {
        const id = parseId((request.params as { id: string }).id);
        if (!id || !(await findUser(services.db, request.instance.id, id))) throw userNotFound();
      },
      schema: {
        operationId: 'updateUser',
        summary: 'Update a user',
        description:
          'The last active administrator can be neither demoted nor deactivated. With a session cookie, changing `role`, `password` or `active` requires that your own password was entered in the last 15 minutes.',
        tags: ['users'],
        params,
        body: UserBody,
        response: { 200: answer('The user.', ref('User')), ...problems(404, 409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const { instance, params, body, caller } = request;
      const { user, sessionToken } = await updateUser(services, caller.act, params.id as Id, body);
      if (sessionToken) setSessionCookie(reply, instance, user, sessionToken);
      return presentUser(user);
    },
  );
}

function userNotFound(): Refusal {
  return new Refusal('user_not_found', 'There is no user with this ID.');
}
