import type { ClientSecret } from '../../../api/types.ts';

/** Where an administrator stands who lets one client secret take the place of another. */
export type Replacement =
  | { readonly step: 'add' }
  | { readonly step: 'move' | 'delete'; readonly first: ClientSecret; readonly second: ClientSecret };

/** Client secrets, the first one first. */
export function inOrder(secrets: readonly ClientSecret[]): ClientSecret[] {
  return [...secrets].sort((a, b) => (a.created_at + a.id < b.created_at + b.id ? -1 : 1));
}

/** @param secrets the first one first */
export function replacementOf(secrets: readonly ClientSecret[]): Replacement {
  const [first, second] = secrets;
  if (!first || !second) return { step: 'add' };
  const isMoved = second.last_used_at !== null && (first.last_used_at ?? '') < second.last_used_at;
  return { step: isMoved ? 'delete' : 'move', first, second };
}
