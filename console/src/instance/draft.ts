import type { Instance } from '../api/types.ts';

/** A scope as it is being edited. */
export interface ScopeDraft {
  /** Tells the rows apart while names change. */
  readonly key: string;
  /** Whether the instance has it; its name is then fixed, since applications know it by that. */
  readonly isSaved: boolean;
  readonly name: string;
  readonly description: string;
  readonly default: boolean;
}

/** What can be changed of an instance, as it is being edited. */
export interface Draft {
  readonly name: string;
  readonly domain: string;
  readonly lane: string;
  readonly customer_id: string;
  /** NaN while the field is empty. */
  readonly refresh_token_grace: number;
  readonly authorization_code_lifetime: number;
  readonly scopes: readonly ScopeDraft[];
}

/** The draft with nothing changed. */
export function draftOf(instance: Instance): Draft {
  const { name, domain, lane, customer_id, refresh_token_grace, authorization_code_lifetime } = instance;
  return {
    name,
    domain,
    lane,
    customer_id,
    refresh_token_grace,
    authorization_code_lifetime,
    scopes: instance.scopes.map((scope) => ({ ...scope, key: scope.name, isSaved: true })),
  };
}

/** A scope that is still to be filled in. */
export function newScope(): ScopeDraft {
  return { key: crypto.randomUUID(), isSaved: false, name: '', description: '', default: false };
}

/** The fields that the draft changes, as the API takes them; texts without the space around them. */
export function changesOf(instance: Instance, draft: Draft): Partial<Instance> {
  const scopes = draft.scopes.map((scope) => ({
    name: scope.name.trim(),
    description: scope.description.trim(),
    default: scope.default,
  }));
  const after = {
    name: draft.name.trim(),
    domain: draft.domain.trim(),
    lane: draft.lane.trim(),
    customer_id: draft.customer_id.trim(),
    refresh_token_grace: draft.refresh_token_grace,
    authorization_code_lifetime: draft.authorization_code_lifetime,
    scopes,
  };
  const before = { ...after, ...instance, scopes: instance.scopes.map(inOrder) };
  return Object.fromEntries(
    Object.entries(after).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name as keyof typeof after]),
    ),
  );
}

/** The members in the order of ours, so that two can be compared as text. */
function inOrder({ name, description, default: isDefault }: Instance['scopes'][number]) {
  return { name, description, default: isDefault };
}
