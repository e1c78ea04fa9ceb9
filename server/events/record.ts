import { newId } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';
import type { By, NewAuditEvent } from '../model/event.ts';
import { insertAuditEvent } from '../store/audit-events.ts';
import type { Transaction } from '../store/engine/database.ts';

/** Writes an event in the transaction of what it records. */
export async function recordAuditEvent(tx: Transaction, now: Instant, event: NewAuditEvent): Promise<void> {
  await insertAuditEvent(tx, {
    via: null,
    applicationId: null,
    userId: null,
    detail: {},
    ...event,
    ...(event.scim && { detail: { ...event.detail, ...scimDetail(event.scim) } }),
    id: newId(now),
    time: now,
  });
}

function scimDetail({ providerId, provider }: NonNullable<By['scim']>): Record<string, unknown> {
  return { provider, provider_id: providerId, via: 'scim' };
}
