import { Refusal } from '../base/refusal.ts';
import type { Api } from '../model/api.ts';
import type { Instance, Scope } from '../model/instance.ts';
import { adminScope } from '../model/scopes.ts';
import { listApplications } from '../store/applications.ts';
import type { Transaction } from '../store/engine/database.ts';
import { forgetGrantedScopes } from '../store/granted-scopes.ts';

/** The names of scopes that the other APIs of an instance have. @param one undefined for one that is new */
export function scopesOfOthers({ apis }: Pick<Instance, 'apis'>, one: Api | undefined): ReadonlySet<string> {
  const others = apis.filter(({ id }) => id !== one?.id);
  return new Set(others.flatMap(({ scopes }) => scopes.map(({ name }) => name)));
}

/**
 * Takes the scopes of an API that are not left out of what people allowed.
 * @param left those that it has from now on
 * @throws Refusal `scope_required`, `scope_in_use` when one would go that has to stay
 */
export async function removeScopes(tx: Transaction, api: Api, left: readonly Scope[]): Promise<void> {
  const names = new Set(left.map(({ name }) => name));
  const removed = api.scopes.map(({ name }) => name).filter((name) => !names.has(name));
  if (api.isDefault && removed.includes(adminScope))
    throw new Refusal(
      'scope_required',
      `The scope ${adminScope} guards the REST API and cannot be taken away.`,
      { errors: [{ path: 'scopes', message: `must have the scope ${adminScope}` }] },
    );
  const applications = removed.length === 0 ? [] : await listApplications(tx, api.instanceId);
  for (const name of removed) {
    const users = applications.filter((application) => application.scopes.includes(name));
    if (users.length > 0)
      throw new Refusal(
        'scope_in_use',
        `The scope ${name} is used by ${users.length === 1 ? 'an application' : `${users.length} applications`}: ${users.map((user) => user.name).join(', ')}. Take it from them first.`,
      );
  }
  await forgetGrantedScopes(tx, api.instanceId, removed);
}
