import type { Id } from '../../base/ids.ts';
import { Refusal, refuseFieldErrors } from '../../base/refusal.ts';
import type { Instant } from '../../base/units.ts';
import { recordAuditEvent } from '../../events/record.ts';
import type { Actor } from '../../model/event.ts';
import type { Instance } from '../../model/instance.ts';
import { checkInstanceFields, type InstanceFields } from '../../model/instance-fields.ts';
import { adminScope } from '../../model/scopes.ts';
import { listApplications } from '../../store/applications.ts';
import type { Transaction } from '../../store/engine/database.ts';
import { findInstance, type InstanceChange, lockInstance, updateInstance } from '../../store/instances.ts';
import type { Needs } from '../needs.ts';

/** What the fields are called in the API and in audit events. */
const namesOfFields = {
  handle: 'handle',
  name: 'name',
  url: 'url',
  domain: 'domain',
  lane: 'lane',
  customerId: 'customer_id',
  maxApplications: 'max_applications',
  refreshTokenGrace: 'refresh_token_grace',
  authorizationCodeLifetime: 'authorization_code_lifetime',
  scopes: 'scopes',
  // The host goes with the URL, which says it.
} as const satisfies Partial<Record<keyof InstanceChange, string>>;
type NamedField = keyof typeof namesOfFields;
const namedFields = Object.keys(namesOfFields) as NamedField[];

/**
 * Changes the fields that are given. What is there already is no change, and leaves no trace.
 * @throws Refusal `validation_failed`, `scope_required`, `scope_in_use`
 */
export async function changeInstance(
  needs: Needs,
  instance: Instance,
  actor: Actor,
  ip: string | null,
  fields: InstanceFields,
): Promise<Instance> {
  refuseFieldErrors(checkInstanceFields(fields));
  const { scopes } = fields;
  if (scopes && !scopes.some((scope) => scope.name === adminScope))
    throw new Refusal(
      'scope_required',
      `The scope ${adminScope} guards the REST API and cannot be taken away.`,
      { errors: [{ path: 'scopes', message: `must have the scope ${adminScope}` }] },
    );
  try {
    const changed = await needs.db.transaction(async (tx) => {
      await lockInstance(tx, instance.id);
      if (scopes) {
        const names = new Set(scopes.map((scope) => scope.name));
        const before = (await findInstance(tx, instance.id))?.scopes ?? [];
        const removed = before.map((scope) => scope.name).filter((name) => !names.has(name));
        const applications = removed.length === 0 ? [] : await listApplications(tx, instance.id);
        for (const name of removed) {
          const users = applications.filter((application) => application.scopes.includes(name));
          if (users.length > 0)
            throw new Refusal(
              'scope_in_use',
              `The scope ${name} is used by ${users.length === 1 ? 'an application' : `${users.length} applications`}: ${users.map((user) => user.name).join(', ')}. Take it from them first.`,
            );
        }
      }
      return writeInstanceChange(tx, needs.clock(), { instanceId: instance.id, actor, ip }, fields);
    });
    return changed ?? instance;
  } finally {
    needs.instances.clear();
  }
}

/**
 * Writes what differs from what is there, and the audit event of it, for whoever has checked the values: an administrator's
 * request, the operator's command line, a start under another URL.
 * @returns the instance as it is now; undefined when there is none
 * @throws UniqueViolation when the handle, URL or host is taken
 */
export async function writeInstanceChange(
  tx: Transaction,
  now: Instant,
  by: { instanceId: Id; actor: Actor; ip: string | null },
  change: Partial<InstanceChange>,
): Promise<Instance | undefined> {
  await lockInstance(tx, by.instanceId);
  const before = await findInstance(tx, by.instanceId);
  if (!before) return undefined;
  const changed = namedFields.filter(
    (field) => change[field] !== undefined && JSON.stringify(change[field]) !== JSON.stringify(before[field]),
  );
  if (changed.length === 0) return before;
  const after = await updateInstance(tx, by.instanceId, change);
  if (!after) return undefined;
  await recordAuditEvent(tx, now, {
    ...by,
    type: 'instance.updated',
    detail: {
      changed: changed.map((field) => namesOfFields[field]),
      before: named(before, changed),
      after: named(after, changed),
    },
  });
  return after;
}

function named(instance: Instance, fields: readonly NamedField[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [namesOfFields[field], instance[field]]));
}
