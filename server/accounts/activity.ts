import { perform } from '../authorizations/act.ts';
import type { Instant } from '../base/units.ts';
import type { Core } from '../core.ts';
import type { Act } from '../model/act.ts';
import { noteActivity, type UserNamed } from '../store/users.ts';

/** Somebody whom the product has seen. */
export interface SeenUser {
  readonly user: UserNamed;
  /** Undefined for now. */
  readonly at: Instant | undefined;
}

/**
 * Notes what the product has seen of its users: it counts for inactivity expiration as their use of a browser session does. A moment in the
 * future counts as now, and none takes the last activity back.
 * @returns those whom nobody here is called, by their place in the list
 * @throws Refusal of an act (`perform`)
 */
export function reportActivity(core: Core, act: Act, seen: readonly SeenUser[]): Promise<number[]> {
  return perform(core, act, { authority: 'administrator' }, async ({ tx, now }) => {
    const latest = new Map<string, { readonly user: UserNamed; readonly at: Instant }>();
    for (const { user, at = now } of seen) {
      const before = latest.get(keyOf(user))?.at ?? at;
      latest.set(keyOf(user), { user, at: Math.min(Math.max(before, at), now) });
    }
    // In one order, whoever reports: no two wait for each other crosswise.
    const inOrder = [...latest].sort(([a], [b]) => (a < b ? -1 : 1));
    const found = await Promise.all(
      inOrder.map(
        async ([key, { user, at }]) => [key, await noteActivity(tx, act.instanceId, user, at)] as const,
      ),
    );
    const unknown = new Set(found.filter(([, isThere]) => !isThere).map(([key]) => key));
    return [...seen.keys()].filter((index) => unknown.has(keyOf((seen[index] as SeenUser).user)));
  });
}

function keyOf({ id, subject }: UserNamed): string {
  return id === undefined ? `subject ${subject}` : `id ${id}`;
}
