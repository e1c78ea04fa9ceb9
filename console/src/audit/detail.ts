import type { AuditEvent } from '../api/types.ts';

// What an event's detail holds depends on its type, and may hold less or other things in older events: nothing is
// taken for granted.

/** A text of an event's detail. */
export function textOf(event: AuditEvent, name: string): string | undefined {
  const value = event.detail[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A list of texts of an event's detail; empty when there is none. */
export function listOf(event: AuditEvent, name: string): readonly string[] {
  const value = event.detail[name];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** Values by field name, such as what an application's fields were before. */
export function recordOf(event: AuditEvent, name: string): Readonly<Record<string, unknown>> {
  const value = event.detail[name];
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** The names of the fields that an event changed, whatever it is about. */
export function changedFields(event: AuditEvent): readonly string[] {
  return event.type === 'user.updated' ? listOf(event, 'fields') : listOf(event, 'changed');
}

/** For how many seconds somebody had to wait; more than two minutes are whole minutes. */
export function heldUpSeconds(event: AuditEvent): number {
  const seconds = event.detail['retry_after'];
  if (typeof seconds !== 'number' || seconds < 1) return 1;
  return seconds > 120 ? Math.ceil(seconds / 60) * 60 : Math.ceil(seconds);
}
