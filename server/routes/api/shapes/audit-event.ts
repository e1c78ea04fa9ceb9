import type { Static } from 'typebox';
import { toRfc3339 } from '../../../base/units.ts';
import type { AuditEvent, Via } from '../../../model/event.ts';
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
    via: Type.Unsafe<{ application_id: string; authorization_id?: string; public_key_id?: string } | null>({
      type: ['object', 'null'],
      description: 'The access token that acted for the actor; null: they did it themselves',
      required: ['application_id'],
      properties: {
        application_id: IdText('The application that has the token'),
        authorization_id: IdText('The authorization that the token is of'),
        public_key_id: IdText('Without an authorization: the public key that got the token'),
      },
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
