import type { Static } from 'typebox';
import { toRfc3339 } from '../../../base/units.ts';
import type { AuditEvent } from '../../../model/event.ts';
import { auditEventTypes } from '../../../model/event.ts';
import { IdText, nullableId, nullableText, time } from '../http/schema.ts';
import Type from '../http/schema-builders.ts';
import { oneOf } from '../http/validation.ts';

export const AuditEventSchema = Type.Object(
  {
    id: IdText('The event'),
    time: time('When it happened'),
    type: oneOf(auditEventTypes),
    actor: Type.Object({
      type: oneOf(['user', 'application', 'system']),
      id: nullableId('Who did it; null: the server or its command line'),
    }),
    application_id: nullableId('The application that it is about'),
    user_id: nullableId('The user whom it concerns'),
    ip: nullableText('Where the request came from'),
    detail: Type.Record(Type.String(), Type.Unknown(), {
      description: 'More, depending on the type; never anything secret',
    }),
  },
  { $id: 'AuditEvent' },
);

export type AuditEventView = Static<typeof AuditEventSchema>;

/** An audit event; `detail` was made for readers when it was written. */
export function presentAuditEvent(event: AuditEvent): AuditEventView {
  return {
    id: event.id,
    time: toRfc3339(event.time),
    type: event.type,
    actor: { type: event.actor.type, id: event.actor.id },
    application_id: event.applicationId,
    user_id: event.userId,
    ip: event.ip,
    detail: event.detail,
  };
}
