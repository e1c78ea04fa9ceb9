import type { FastifyRequest } from 'fastify';
import { deleteUser } from '../../accounts/deletion.ts';
import { endAllSessions } from '../../accounts/sessions.ts';
import { createUser, updateUser, userNotFound } from '../../accounts/users.ts';
import { type Id, parseId } from '../../base/ids.ts';
import { maxEmailLength, maxNameLength } from '../../base/text.ts';
import { setSessionCookie } from '../../http/cookies.ts';
import { locales, roles, type UserClaims } from '../../model/user.ts';
import { isSubject } from '../../model/user-rules.ts';
import type { Services } from '../../services.ts';
import { listAuthorizationsOfUser } from '../../store/authorizations.ts';
import { findUser, listUsers } from '../../store/users.ts';
import type { Api } from './http/api.ts';
import { pageQuery, readPage, searchQuery } from './http/page.ts';
import { answer, IdText, listOf, nothing, problems, ref, takesRecentPassword } from './http/schema.ts';
import Type from './http/schema-builders.ts';
import { oneOf } from './http/validation.ts';
import { userView, userViews } from './identities.ts';
import { presentAuthorization } from './shapes/authorization.ts';
import { presentUser } from './shapes/user.ts';

const password = Type.String({ description: '12 to 256 characters.' });
const locale = Type.Optional(
  oneOf([...locales, null], {
    description: 'The language of the pages for this user; `null` to follow the browser.',
  }),
);
const claims = Type.Optional(
  Type.Unsafe<UserClaims>({
    type: 'object',
    description:
      'What the product says of the user besides: texts, numbers, booleans and lists of texts, 4 KiB of JSON at most. Names that tokens use already are refused.',
  }),
);
const NewUserBody = Type.Object(
  {
    email: Type.String({ maxLength: maxEmailLength }),
    email_verified: Type.Optional(
      Type.Boolean({ description: '`true` by default: you vouch for the addresses that you enter.' }),
    ),
    name: Type.String({ maxLength: maxNameLength }),
    subject: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        description:
          'What tokens call the user, for good: letters, digits and characters of `._~:@|+/=-`. The ID by default.',
      }),
    ),
    claims,
    password: Type.Optional(
      Type.String({
        description: '12 to 256 characters. Without it the user cannot sign in with a password.',
      }),
    ),
    role: Type.Optional(oneOf(roles, { description: '`user` by default.' })),
    active: Type.Optional(Type.Boolean({ description: '`true` by default.' })),
    locale,
  },
  { additionalProperties: false },
);
const UserBody = Type.Object(
  {
    email: Type.Optional(Type.String({ maxLength: maxEmailLength })),
    email_verified: Type.Optional(
      Type.Boolean({ description: '`true` by default for a new address: you vouch for it.' }),
    ),
    claims,
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
  subject: Type.Optional(
    Type.String({ maxLength: 255, description: 'What tokens call the user: one user, or nobody.' }),
  ),
});

/** GET and POST /users; GET, PATCH and DELETE /users/:id; DELETE /users/:id/sessions; GET /users/:id/authorizations. */
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
      const subject = query.subject === undefined || isSubject(query.subject) ? query.subject : '';
      const active = query.active === undefined ? undefined : query.active === 'true';
      const page = await readPage(
        query,
        (after, limit) =>
          listUsers(services.db, instance.id, { search, role, active, subject }, after, limit),
        (user) => user,
      );
      return { ...page, data: await userViews(services, page.data) };
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
      const { email, email_verified, role = 'user', ...fields } = request.body;
      const user = await createUser(services, request.caller.act, {
        ...fields,
        email,
        emailVerified: email_verified,
        role,
      });
      reply.status(201).header('location', `/api/v1/users/${user.id}`);
      return presentUser(user, []);
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
      return userView(services, user);
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
          'The last active administrator can be neither demoted nor deactivated. With a session cookie, changing anything but `name` and `locale` requires that your own password was entered in the last 15 minutes.',
        tags: ['users'],
        params,
        body: UserBody,
        response: { 200: answer('The user.', ref('User')), ...problems(404, 409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const { instance, params, body, caller } = request;
      const { email_verified: emailVerified, ...change } = body;
      const { user, sessionToken } = await updateUser(services, caller.act, params.id as Id, {
        ...change,
        emailVerified,
      });
      if (sessionToken) setSessionCookie(reply, instance, user, sessionToken);
      return userView(services, user);
    },
  );

  api.delete(
    '/users/:id',
    {
      schema: {
        operationId: 'deleteUser',
        summary: 'Delete a user for good',
        description: `Sessions, authorizations and consents are gone. Audit events keep the ID, and nothing that names the person. The last active administrator cannot be deleted. ${takesRecentPassword}`,
        tags: ['users'],
        params,
        response: { 204: nothing, ...problems(404, 409, 413, 415) },
      },
    },
    async ({ caller, params: { id } }, reply) => {
      const userId = parseId(id);
      if (!userId) throw userNotFound();
      await deleteUser(services, caller.act, userId);
      return reply.status(204).send(null);
    },
  );

  api.delete(
    '/users/:id/sessions',
    {
      schema: {
        operationId: 'endSessionsOfUser',
        summary: 'End every browser session of a user',
        description: 'Applications that got an ID token in one of them are told.',
        tags: ['users'],
        params,
        response: { 204: nothing, ...problems(404, 413, 415) },
      },
    },
    async ({ instance, caller, params: { id } }, reply) => {
      const userId = parseId(id);
      if (!userId || !(await findUser(services.db, instance.id, userId))) throw userNotFound();
      await endAllSessions(services, caller.act, userId);
      return reply.status(204).send(null);
    },
  );
}
