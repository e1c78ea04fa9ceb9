import { Readable } from 'node:stream';
import { listOwnSessions } from '../../accounts/sessions.ts';
import { userNotFound } from '../../accounts/users.ts';
import { type Id, parseId } from '../../base/ids.ts';
import { toRfc3339 } from '../../base/units.ts';
import type { AuditEvent } from '../../model/event.ts';
import type { User } from '../../model/user.ts';
import type { Services } from '../../services.ts';
import { listAuditEvents } from '../../store/audit-events.ts';
import { listAuthorizationsOfUser } from '../../store/authorizations.ts';
import { listConsentsOfUser } from '../../store/consents.ts';
import { listScimUsersOfUser } from '../../store/scim-users.ts';
import { findUser } from '../../store/users.ts';
import type { Api } from './http/api.ts';
import { answer, IdText, presentTime, problems } from './http/schema.ts';
import Type from './http/schema-builders.ts';
import { userView } from './identities.ts';
import { presentAuditEvent } from './shapes/audit-event.ts';
import { presentAuthorization } from './shapes/authorization.ts';

/** GET /users/:id/export. */
export function registerUserExport(api: Api, services: Services): void {
  api.get(
    '/users/:id/export',
    {
      schema: {
        operationId: 'exportUser',
        summary: 'Get all that is known of a user',
        description:
          'The user with their identities, their sessions, authorizations and consents, what SCIM says of them, and the audit events about them and by them, without what names others, as one JSON document. It is sent while it is read, so it may be of any size.',
        tags: ['users'],
        params: Type.Object({ id: IdText('The ID of the user.') }),
        response: {
          200: answer('All that is known of the user.', { type: 'object', additionalProperties: true }),
          ...problems(404),
        },
      },
    },
    async ({ instance, params: { id } }, reply) => {
      const userId = parseId(id);
      const user = userId && (await findUser(services.db, instance.id, userId));
      if (!user) throw userNotFound();
      return reply
        .header('cache-control', 'no-store')
        .type('application/json; charset=utf-8')
        .send(Readable.from(writeExport(services, user)));
    },
  );
}

/** The parts of the document, one after the other. */
async function* writeExport(services: Services, user: User): AsyncGenerator<string> {
  const { db } = services;
  const [view, sessions, consents, scimUsers] = await Promise.all([
    userView(services, user),
    listOwnSessions(services, user),
    listConsentsOfUser(db, user.instanceId, user.id),
    listScimUsersOfUser(db, user.instanceId, user.id),
  ]);
  const head = {
    user: view,
    sessions: sessions.map((session) => ({
      id: session.id,
      created_at: toRfc3339(session.createdAt),
      last_seen_at: toRfc3339(session.lastSeenAt),
      authentications: session.authentications.map(({ method, at }) => ({ method, at: toRfc3339(at) })),
      ip: session.ip,
      user_agent: session.userAgent,
    })),
    consents: consents.map(({ applicationId, scopes, createdAt }) => ({
      application_id: applicationId,
      scopes,
      created_at: toRfc3339(createdAt),
    })),
    // What the directories of identity providers say of them.
    scim: scimUsers.map((scimUser) => ({
      provider_id: scimUser.providerId,
      user_name: scimUser.userName,
      external_id: scimUser.externalId,
      attributes: scimUser.attributes,
      created_at: toRfc3339(scimUser.createdAt),
      updated_at: toRfc3339(scimUser.updatedAt),
      deleted_at: presentTime(scimUser.deletedAt),
    })),
  };
  yield JSON.stringify(head).slice(0, -1);
  yield ',"authorizations":[';
  yield* separated(authorizationsOf(services, user), presentAuthorization);
  yield '],"audit_events":[';
  yield* separated(eventsOf(services, user), presentAuditEvent);
  yield ']}';
}

async function* separated<T>(items: AsyncIterable<T>, present: (item: T) => object): AsyncGenerator<string> {
  let isFirst = true;
  for await (const item of items) {
    yield `${isFirst ? '' : ','}${JSON.stringify(present(item))}`;
    isFirst = false;
  }
}

const pageSize = 100;

async function* authorizationsOf({ db, clock }: Services, { instanceId, id }: User) {
  let after: Id | undefined;
  for (;;) {
    const page = await listAuthorizationsOfUser(db, instanceId, id, after, pageSize, clock());
    yield* page;
    if (page.length < pageSize) return;
    after = page.at(-1)?.id;
  }
}

/** Those about the user, and then those by the user about others, as far as they tell of nobody else; the newest first. */
async function* eventsOf({ db }: Services, { instanceId, id }: User): AsyncGenerator<AuditEvent> {
  for (const filter of [{ userId: id }, { actorId: id }]) {
    let before: Id | undefined;
    for (;;) {
      const page = await listAuditEvents(db, instanceId, filter, before, pageSize);
      const events = 'actorId' in filter ? page.filter(({ userId }) => userId !== id) : page;
      yield* events.map((event) => withoutOthers(event, id));
      if (page.length < pageSize) break;
      before = page.at(-1)?.id;
    }
  }
}

/** An event without the address that somebody else came from, and without the email address of somebody else whom it is about. */
function withoutOthers(event: AuditEvent, userId: Id): AuditEvent {
  const { actor } = event;
  const isTheirs =
    actor.id === userId ||
    (actor.type === 'system' && event.userId === userId && event.detail['via'] !== 'scim');
  const { email: _email, ...rest } = event.detail;
  return {
    ...event,
    ip: isTheirs ? event.ip : null,
    detail: event.userId === userId ? event.detail : rest,
  };
}
