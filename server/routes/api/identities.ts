import { linkIdentity, unlinkIdentity } from '../../accounts/identities.ts';
import { userNotFound } from '../../accounts/users.ts';
import { type Id, parseId } from '../../base/ids.ts';
import type { User } from '../../model/user.ts';
import type { Services } from '../../services.ts';
import { listIdentitiesOfUser, listIdentitiesOfUsers } from '../../store/identities.ts';
import { findUser } from '../../store/users.ts';
import type { Api } from './http/api.ts';
import { answer, IdText, nothing, problems, ref, takesRecentPassword } from './http/schema.ts';
import Type from './http/schema-builders.ts';
import { presentIdentity, presentUser, type UserView } from './shapes/user.ts';

const IdentityBody = Type.Object(
  {
    provider_id: IdText('The ID of the identity provider.'),
    subject: Type.String({
      minLength: 1,
      maxLength: 255,
      description:
        'What the provider calls the user: the claim `sub`, or the one that `claims.subject` of the provider names.',
    }),
  },
  { additionalProperties: false },
);

/** POST /users/:id/identities and DELETE …/:identity_id. */
export function registerIdentities(api: Api, services: Services): void {
  api.post(
    '/users/:id/identities',
    {
      schema: {
        operationId: 'linkIdentity',
        summary: 'Link a user to what an identity provider calls them',
        description: `Whoever the provider vouches for by this subject signs in as this user. ${takesRecentPassword}`,
        tags: ['users'],
        params: Type.Object({ id: IdText('The ID of the user.') }),
        body: IdentityBody,
        response: { 201: answer('The identity.', ref('Identity')), ...problems(404, 409, 413, 415, 422) },
      },
      // Before the body is looked at: somebody who is not there has no fields.
      onRequest: async (request) => {
        const id = parseId((request.params as { id: string }).id);
        if (!id || !(await findUser(services.db, request.instance.id, id))) throw userNotFound();
      },
    },
    async ({ caller, params, body }, reply) => {
      const identity = await linkIdentity(services, caller.act, params.id as Id, {
        providerId: parseId(body.provider_id),
        subject: body.subject,
      });
      reply.status(201);
      return presentIdentity(identity);
    },
  );

  api.delete(
    '/users/:id/identities/:identity_id',
    {
      schema: {
        operationId: 'unlinkIdentity',
        summary: 'Unlink a user from what an identity provider calls them',
        description: 'The sessions in which the user was signed in by that provider end.',
        tags: ['users'],
        params: Type.Object({
          id: IdText('The ID of the user.'),
          identity_id: IdText('The ID of the identity.'),
        }),
        response: { 204: nothing, ...problems(404, 413, 415) },
      },
    },
    async ({ caller, params }, reply) => {
      const userId = parseId(params.id);
      if (!userId) throw userNotFound();
      await unlinkIdentity(services, caller.act, userId, parseId(params.identity_id));
      return reply.status(204).send(null);
    },
  );
}

/** A user as answers show them. */
export async function userView({ db }: Services, user: User): Promise<UserView> {
  return presentUser(user, await listIdentitiesOfUser(db, user.instanceId, user.id));
}

/** The users of a page as answers show them: 100 at most, all of one instance. */
export async function userViews({ db }: Services, users: readonly User[]): Promise<UserView[]> {
  const [first] = users;
  if (!first) return [];
  const ids = users.map(({ id }) => id);
  const identities = await listIdentitiesOfUsers(db, first.instanceId, ids);
  const ofUser = Map.groupBy(identities, ({ userId }) => userId);
  return users.map((user) => presentUser(user, ofUser.get(user.id) ?? []));
}
