import { type Deed, perform } from '../../authorizations/act.ts';
import { type Id, newId } from '../../base/ids.ts';
import { Refusal, refuseFieldErrors } from '../../base/refusal.ts';
import { recordAuditEvent } from '../../events/record.ts';
import type { Act } from '../../model/act.ts';
import { type Api, initialTokens, maxApis } from '../../model/api.ts';
import { type ApiFields, checkApi } from '../../model/api-rules.ts';
import type { Instance } from '../../model/instance.ts';
import { requireRecentAuthentication } from '../../model/recent-authentication.ts';
import { deleteApiRow, insertApi, updateApi } from '../../store/apis.ts';
import { type Transaction, UniqueViolation } from '../../store/engine/database.ts';
import { findInstance, updateDefaultApi, updateInstance } from '../../store/instances.ts';
import type { Needs } from '../needs.ts';
import { removeScopes, scopesOfOthers } from '../scopes-of-api.ts';

export type NewApi = ApiFields & { readonly identifier: string; readonly name: string };

/** One at a time: names of scopes are unique in the instance, and applications choose from them. */
const administrator = { authority: 'administrator', alone: true } as const;

/**
 * Registers an API, which takes a recent sign-in: its tokens are trusted elsewhere.
 * @throws Refusal `validation_failed`, `api_limit_reached`, `api_taken`, `reauthentication_required`, and those of an act (`perform`)
 */
export async function createApi(needs: Needs, act: Act, given: NewApi): Promise<Api> {
  try {
    return await perform(needs, act, administrator, async (deed) => {
      const instance = await current(deed.tx, act);
      refuseFieldErrors(checkApi(given, scopesOfOthers(instance, undefined)));
      if (instance.apis.some(({ identifier }) => identifier === given.identifier)) throw taken();
      if (instance.apis.length >= maxApis)
        throw new Refusal('api_limit_reached', `An instance has at most ${maxApis} APIs. Delete one first.`);
      const { now } = deed;
      requireRecentAuthentication(deed.authenticatedAt, now);
      const api: Api = {
        ...initialTokens,
        scopes: [],
        ...withoutUndefined(given),
        id: newId(now),
        instanceId: instance.id,
        isDefault: false,
        createdAt: now,
        updatedAt: now,
      };
      await insertApi(deed.tx, api);
      await record(deed, act, 'api.created', api);
      return api;
    });
  } catch (error) {
    throw error instanceof UniqueViolation ? taken() : error;
  } finally {
    needs.instances.clear();
  }
}

/**
 * Changes the fields that are given. What is there already is no change, and leaves no trace. A scope that applications have stays.
 * @throws Refusal `api_not_found`, `validation_failed`, `scope_required`, `scope_in_use`, `reauthentication_required`, and those of an act
 *   (`perform`)
 */
export async function changeApi(needs: Needs, act: Act, id: Id | undefined, given: ApiFields): Promise<Api> {
  try {
    return await perform(needs, act, administrator, async (deed) => {
      const instance = await current(deed.tx, act);
      const before = find(instance, id);
      refuseFieldErrors(checkApi(given, scopesOfOthers(instance, before)));
      const changed = Object.entries(withoutUndefined(given))
        .filter(
          ([property, value]) => JSON.stringify(value) !== JSON.stringify(before[property as keyof Api]),
        )
        .map(([property]) => names[property as keyof ApiFields]);
      if (changed.length === 0) return before;
      if (given.scopes) await removeScopes(deed.tx, before, given.scopes);
      requireRecentAuthentication(deed.authenticatedAt, deed.now);
      const after: Api = { ...before, ...withoutUndefined(given), updatedAt: deed.now };
      if (after.isDefault) await writeDefault(deed.tx, instance, after);
      else await updateApi(deed.tx, after);
      await record(deed, act, 'api.updated', after, { changed });
      return after;
    });
  } finally {
    needs.instances.clear();
  }
}

/**
 * Deletes an API none of whose scopes an application has; tokens that are for it alone are good for nothing here from then on.
 * @throws Refusal `api_not_found`, `default_api`, `scope_in_use`, `reauthentication_required`, and those of an act (`perform`)
 */
export async function deleteApi(needs: Needs, act: Act, id: Id | undefined): Promise<void> {
  try {
    await perform(needs, act, administrator, async (deed) => {
      const api = find(await current(deed.tx, act), id);
      if (api.isDefault)
        throw new Refusal('default_api', 'The default API is the instance itself and cannot be deleted.');
      await removeScopes(deed.tx, api, []);
      requireRecentAuthentication(deed.authenticatedAt, deed.now);
      await deleteApiRow(deed.tx, api.instanceId, api.id);
      await record(deed, act, 'api.deleted', api);
    });
  } finally {
    needs.instances.clear();
  }
}

const names: Readonly<Record<keyof ApiFields, string>> = {
  name: 'name',
  scopes: 'scopes',
  accessTokenLifetime: 'access_token_lifetime',
  signingAlg: 'signing_alg',
  tokenTyp: 'token_typ',
};

async function current(tx: Transaction, { instance }: Act): Promise<Instance> {
  return (await findInstance(tx, instance.id)) ?? instance;
}

function find({ apis }: Instance, id: Id | undefined): Api {
  const api = apis.find((each) => each.id === id);
  if (!api) throw new Refusal('api_not_found', 'There is no API with this ID.');
  return api;
}

/** The default API is a part of the instance's row: its scopes are the instance's. */
async function writeDefault(tx: Transaction, instance: Instance, api: Api): Promise<void> {
  const { name, accessTokenLifetime, signingAlg, tokenTyp, updatedAt } = api;
  await updateInstance(tx, { ...instance, scopes: api.scopes });
  await updateDefaultApi(tx, instance.id, {
    // It goes with the instance's unless it is another.
    ...(name !== instance.name && { name }),
    accessTokenLifetime,
    signingAlg,
    tokenTyp,
    updatedAt,
  });
}

function record(
  { tx, now }: Deed,
  act: Act,
  type: 'api.created' | 'api.updated' | 'api.deleted',
  { id, identifier, name }: Api,
  more: object = {},
): Promise<void> {
  return recordAuditEvent(tx, now, { ...act, type, detail: { api_id: id, identifier, name, ...more } });
}

type Given<T> = { [Property in keyof T]: Exclude<T[Property], undefined> };

function withoutUndefined<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}

function taken(): Refusal {
  return new Refusal('api_taken', 'There is an API with this identifier already.', {
    errors: [{ path: 'identifier', message: 'belongs to another API of this instance' }],
  });
}
