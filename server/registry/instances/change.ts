import { perform } from '../../authorizations/act.ts';
import { refuseFieldErrors } from '../../base/refusal.ts';
import type { Instant } from '../../base/units.ts';
import { recordAuditEvent } from '../../events/record.ts';
import type { Act } from '../../model/act.ts';
import { checkTakenScopes } from '../../model/api-rules.ts';
import type { By } from '../../model/event.ts';
import { differences, type ValuesOf } from '../../model/fields.ts';
import { type Instance, labelsOf, type Scope } from '../../model/instance.ts';
import {
  checkInstanceFields,
  type InstanceFields,
  instanceFieldLines,
  type instanceFields,
} from '../../model/instance-fields.ts';
import { requireRecentAuthentication } from '../../model/recent-authentication.ts';
import type { Transaction } from '../../store/engine/database.ts';
import { findInstance, lockInstance, updateInstance } from '../../store/instances.ts';
import type { Needs } from '../needs.ts';
import { removeScopes, scopesOfOthers } from '../scopes-of-api.ts';

/** What can change of an instance; the host goes with the URL. */
export type InstanceChange = Partial<ValuesOf<typeof instanceFields> & Pick<Instance, 'host'>>;

/**
 * Changes the fields that are given. What is there already is no change, and leaves no trace.
 * @throws Refusal `validation_failed`, `scope_required`, `scope_in_use`, `reauthentication_required`, and those of an act (`perform`)
 */
export async function changeInstance(needs: Needs, act: Act, fields: InstanceFields): Promise<Instance> {
  const { instance } = act;
  refuseFieldErrors(checkInstanceFields(fields));
  const { scopes } = fields;
  try {
    const changed = await perform(
      needs,
      act,
      { authority: 'administrator', alone: true },
      async ({ tx, now, authenticatedAt }) => {
        const current = (await findInstance(tx, instance.id)) ?? instance;
        const [own] = current.apis;
        // Who may use a password outlasts the session that says so.
        if (fields.signIn && fields.signIn.password !== current.signIn.password)
          requireRecentAuthentication(authenticatedAt, now);
        if (scopes) {
          refuseFieldErrors(checkTakenScopes(scopes, scopesOfOthers(current, own)));
          await removeScopes(tx, own, scopes);
        }
        return writeInstanceChange(tx, now, act, {
          ...fields,
          ...(scopes && { scopes: scopes.map((scope) => withWhatItHad(scope, current.scopes)) }),
        });
      },
    );
    return changed ?? instance;
  } finally {
    needs.instances.clear();
  }
}

/** A scope with what is set of it as one of the default API, and is not sent here. */
function withWhatItHad(scope: Scope, before: readonly Scope[]): Scope {
  const { descriptions, claims } = before.find(({ name }) => name === scope.name) ?? {};
  return { ...scope, ...(descriptions && { descriptions }), ...(claims && { claims }) };
}

/**
 * What changes when an instance moves: its host goes along, and its domain and lane unless an administrator chose them.
 * @param url its issuer from then on, byte for byte
 */
export function changesOfMove(instance: Instance, url: string): InstanceChange {
  const before = labelsOf(instance.url, instance.handle);
  const after = labelsOf(url, instance.handle);
  return {
    url,
    host: new URL(url).host,
    ...(instance.domain === before.domain && { domain: after.domain }),
    ...(instance.lane === before.lane && { lane: after.lane }),
  };
}

/**
 * Writes what differs from what is there, and the audit event of it, for whoever has checked the values: an administrator's
 * request, the operator's command line, a start under another URL.
 * @param change the fields, or what they are made of: the instance as nobody else can change it meanwhile
 * @returns the instance as it is now; undefined when there is none
 * @throws UniqueViolation when the handle, URL or host is taken
 */
export async function writeInstanceChange(
  tx: Transaction,
  now: Instant,
  by: By,
  change: InstanceChange | ((before: Instance) => InstanceChange),
): Promise<Instance | undefined> {
  await lockInstance(tx, by.instanceId);
  const before = await findInstance(tx, by.instanceId);
  if (!before) return undefined;
  const fields = typeof change === 'function' ? change(before) : change;
  const { changed, detail } = differences(instanceFieldLines, before, fields);
  if (changed.length === 0) return before;
  const own = { ...before, ...fields };
  await updateInstance(tx, own);
  await recordAuditEvent(tx, now, { ...by, type: 'instance.updated', detail });
  return (await findInstance(tx, by.instanceId)) ?? own;
}
