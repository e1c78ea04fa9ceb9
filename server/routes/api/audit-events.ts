import type { Id } from '../../base/ids.ts';
import { refuseFieldErrors } from '../../base/refusal.ts';
import { fromRfc3339, type Instant } from '../../base/units.ts';
import { auditEventTypes } from '../../model/event.ts';
import type { Services } from '../../services.ts';
import { listAuditEvents } from '../../store/audit-events.ts';
import type { Api } from './http/api.ts';
import { pageQuery, readPage } from './http/page.ts';
import { answer, IdText, listOf, problems } from './http/schema.ts';
import Type from './http/schema-builders.ts';
import { oneOf } from './http/validation.ts';
import { presentAuditEvent } from './shapes/audit-event.ts';

const AuditQuery = Type.Object({
  ...pageQuery,
  type: Type.Optional(oneOf(auditEventTypes)),
  application_id: Type.Optional(IdText('Only events about this application, which may have been deleted.')),
  user_id: Type.Optional(IdText('Only events that concern this user.')),
  actor_id: Type.Optional(IdText('Only events caused by this user or application.')),
  since: Type.Optional(
    Type.String({ format: 'date-time', description: 'Only events at or after this time (RFC 3339).' }),
  ),
  until: Type.Optional(
    Type.String({ format: 'date-time', description: 'Only events before this time (RFC 3339).' }),
  ),
});

/** GET /audit-events. */
export function registerAuditEvents(api: Api, services: Services): void {
  api.get(
    '/audit-events',
    {
      schema: {
        operationId: 'listAuditEvents',
        summary: 'List audit events, newest first',
        tags: ['audit'],
        querystring: AuditQuery,
        response: { 200: answer('A page of audit events.', listOf('AuditEvent')), ...problems(422) },
      },
    },
    async ({ instance, query }) => {
      const filter = {
        type: query.type,
        applicationId: query.application_id as Id | undefined,
        userId: query.user_id as Id | undefined,
        actorId: query.actor_id as Id | undefined,
        since: readTime('since', query.since),
        until: readTime('until', query.until),
      };
      return readPage(
        query,
        (before, limit) => listAuditEvents(services.db, instance.id, filter, before, limit),
        presentAuditEvent,
      );
    },
  );
}

function readTime(path: string, text: string | undefined): Instant | undefined {
  if (text === undefined) return undefined;
  const instant = fromRfc3339(text);
  if (instant === undefined)
    refuseFieldErrors([
      {
        path,
        message: 'must be a time of RFC 3339, such as 2026-01-31T12:00:00Z (a + in it is sent as %2B)',
      },
    ]);
  return instant;
}
