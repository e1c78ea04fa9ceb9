import type { Static } from 'typebox';
import { toRfc3339 } from '../../../base/units.ts';
import type { AuditEvent, Via } from '../../../model/event.ts';
import { auditEventTypes } from '../../../model/event.ts';
import { IdText, nullableId, nullableText, time } from '../http/schema.ts';
import Type from '../http/schema-builders.ts';
import { oneOf } from '../http/validation.ts';

export const AuditEventSchema = Type.Object(
  {
    id: IdText('The ID of the event.'),
    time: time('When it happened.'),
    type: oneOf(auditEventTypes),
    actor: Type.Object({
      type: oneOf(['user', 'application', 'system']),
      id: nullableId('The user or application that did it; `null` for the server and its command line.'),
    }),
    via: Type.Unsafe<{ application_id: string; authorization_id?: string; public_key_id?: string } | null>({
      type: ['object', 'null'],
      description: 'The access token that was used; `null` if the actor acted in person.',
      required: ['application_id'],
      properties: {
        application_id: IdText('The application that holds the token.'),
        authorization_id: IdText('The authorization that the token belongs to.'),
        public_key_id: IdText('The public key that obtained the token, if there is no authorization.'),
      },
    }),
    application_id: nullableId('The application that the event is about.'),
    user_id: nullableId('The user whom the event concerns.'),
    ip: nullableText('The IP address that the request came from.'),
    detail: Type.Record(Type.String(), Type.Unknown(), {
      description: 'Further details, depending on the type. Never contains secrets.',
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
    via: presentVia(event.via),
    application_id: event.applicationId,
    user_id: event.userId,
    ip: event.ip,
    detail: event.detail,
  };
}

function presentVia(via: Via | null): AuditEventView['via'] {
  if (via === null) return null;
  const { applicationId, authorizationId, publicKeyId } = via;
  return {
    application_id: applicationId,
    ...(authorizationId !== null && { authorization_id: authorizationId }),
    ...(publicKeyId !== null && { public_key_id: publicKeyId }),
  };
}
