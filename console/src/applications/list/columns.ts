import { useSyncExternalStore } from 'react';

export type ColumnId =
  | 'name'
  | 'type'
  | 'client_id'
  | 'status'
  | 'created_at'
  | 'last_used_at'
  | 'user_count';

/** What there is room for in a window of that width. Where the type has no column it stands under the name. */
const layouts: readonly { query: string; columns: readonly ColumnId[] }[] = [
  {
    query: '(width >= 86rem)',
    columns: ['name', 'type', 'client_id', 'status', 'created_at', 'last_used_at', 'user_count'],
  },
  {
    query: '(width >= 72rem)',
    columns: ['name', 'client_id', 'status', 'created_at', 'last_used_at', 'user_count'],
  },
  { query: '(width >= 48rem)', columns: ['name', 'client_id', 'status', 'user_count'] },
];
const onPhones: readonly ColumnId[] = ['name', 'status'];

const watched = layouts.map(({ query, columns }) => ({ media: matchMedia(query), columns }));

/** The columns of the list of applications, as many as fit. */
export function useColumns(): readonly ColumnId[] {
  return useSyncExternalStore(
    (listener) => {
      for (const { media } of watched) media.addEventListener('change', listener);
      return () => {
        for (const { media } of watched) media.removeEventListener('change', listener);
      };
    },
    () => watched.find(({ media }) => media.matches)?.columns ?? onPhones,
  );
}
