import { authenticateAgain, changeOwnPassword } from '../../accounts/sign-in/own-password.ts';
import { updateUser } from '../../accounts/users.ts';
import { endAuthorization } from '../../authorizations/end.ts';
import { parseId } from '../../base/ids.ts';
import { refuseFieldErrors } from '../../base/refusal.ts';
import { maxNameLength } from '../../base/text.ts';
import { setSessionCookie } from '../../http/cookies.ts';
import { locales } from '../../model/user.ts';
import { checkUserFields } from '../../model/user-rules.ts';
import type { Services } from '../../services.ts';
import { listAuthorizationsOfUser } from '../../store/authorizations.ts';
import { authorizationNotFound } from './authorizations.ts';
import type { Api } from './http/api.ts';
import { pageQuery, readPage } from './http/page.ts';
import { Problem } from './http/problem.ts';
import { answer, IdText, listOf, nothing, problems, ref } from './http/schema.ts';
import Type from './http/schema-builders.ts';
import { oneOf } from './http/validation.ts';
import { userView } from './identities.ts';
import { presentAuthorization } from './shapes/authorization.ts';

const MeBody = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: maxNameLength })),
    locale: Type.Optional(
      oneOf([...locales, null], {
        description: 'The language of the pages for this user; `null` to follow the browser.',
      }),
    ),
    password: Type.Optional(
      Type.String({ description: '12 to 256 characters. Requires `current_password`.' }),
    ),
    current_password: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);

const AuthenticationBody = Type.Object({ password: Type.String() }, { additionalProperties: false });

/** GET and PATCH /me; POST /me/authentications; GET /me/authorizations, DELETE …/:id. */
export function registerMe(api: Api, services: Services): void {
  api.get(
    '/me',
    {
      schema: {
        operationId: 'getMe',
        summary: 'Get the signed-in user',
        tags: ['me'],
        response: { 200: answer('The user.', ref('User')), ...problems() },
      },
    },
    async ({ caller }) => userView(services, caller.user),
  );

  api.patch(
    '/me',
    {
      schema: {
        operationId: 'updateMe',
        summary: 'Update the signed-in user',
        description:
          'A new password ends the other browser sessions, and the cookie of this one gets a new value.',
        tags: ['me'],
        body: MeBody,
        response: { 200: answer('The user.', ref('User')), ...problems(413, 415, 422, 429) },
      },
    },
    async (request, reply) => {
      const { instance, caller, body } = request;
      const { password: newPassword, current_password: currentPassword, ...change } = body;
      if ((newPassword === undefined) !== (currentPassword === undefined)) {
        const path = newPassword === undefined ? 'password' : 'current_password';
        refuseFieldErrors([
          { path, message: 'is required: a password is changed with password and current_password' },
        ]);
      }
      // Everything or nothing: a wrong name must not leave a new password behind.
      checkUserFields({ ...change, name: change.name?.trim(), password: newPassword });
      const { user, act } = caller;
      const { user: changed, sessionToken } =
        newPassword !== undefined && currentPassword !== undefined
          ? await changeOwnPassword(
              services,
              act,
              user,
              { current: currentPassword, next: newPassword },
              change,
            )
          : await updateUser(services, act, user.id, change);
      if (sessionToken) setSessionCookie(reply, instance, changed, sessionToken);
      return userView(services, changed);
    },
  );

  api.post(
    '/me/authentications',
    {
      schema: {
        operationId: 'authenticateAgain',
        summary: 'Confirm the password of the signed-in user',
        description:
          'For the next 15 minutes the browser session may make the calls that otherwise answer `reauthentication_required`. Its cookie gets a new value.',
        tags: ['me'],
        security: [{ session: [] }],
        body: AuthenticationBody,
        response: { 204: nothing, ...problems(413, 415, 422, 429) },
      },
    },
    async (request, reply) => {
      const { instance, caller, body } = request;
      const { user, act, session } = caller;
      if (!session)
        throw new Problem(
          'session_required',
          'This is for browser sessions; an access token has no need of it.',
        );
      const token = await authenticateAgain(services, act, session, body.password);
      setSessionCookie(reply, instance, user, token);
      return reply.status(204).send(null);
    },
  );

  api.get(
    '/me/authorizations',
    {
      schema: {
        operationId: 'listMyAuthorizations',
        summary: 'List the authorizations of the signed-in user, oldest first',
        tags: ['me'],
        querystring: Type.Object(pageQuery),
        response: { 200: answer('A page of authorizations.', listOf('Authorization')), ...problems(422) },
      },
    },
    async ({ instance, caller, query }) =>
      readPage(
        query,
        (after, limit) =>
          listAuthorizationsOfUser(services.db, instance.id, caller.user.id, after, limit, services.clock()),
        presentAuthorization,
      ),
  );

  api.delete(
    '/me/authorizations/:id',
    {
      schema: {
        operationId: 'endMyAuthorization',
        summary: 'End an authorization of the signed-in user and forget the consent behind it',
        tags: ['me'],
        params: Type.Object({ id: IdText('The ID of the authorization.') }),
        response: { 204: nothing, ...problems(404, 413, 415) },
      },
    },
    async (request, reply) => {
      const { act, user } = request.caller;
      const id = parseId(request.params.id);
      const ended = id !== undefined && (await endAuthorization(services, act, id, { userId: user.id }));
      if (!ended) throw authorizationNotFound();
      return reply.status(204).send(null);
    },
  );
}
