import type { ListedApplication } from '../../api/applications.ts';

export type SortColumn = 'name' | 'type' | 'status' | 'created_at' | 'last_used_at' | 'user_count';

/** The applications whose name, description, client ID or developer has every word that is asked for. */
export function search(
  applications: readonly ListedApplication[],
  wanted: string,
): readonly ListedApplication[] {
  const words = wanted.trim().toLowerCase().split(/\s+/u);
  return applications.filter((application) => {
    const { name, description, client_id, developer_name } = application;
    const text = [name, description, client_id, developer_name].join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Sorted as people of that language expect it; who was never used counts as used longest ago. */
export function sort(
  applications: readonly ListedApplication[],
  column: SortColumn,
  direction: 'ascending' | 'descending',
  locale: string,
): ListedApplication[] {
  const { compare } = new Intl.Collator(locale, { numeric: true });
  const sign = direction === 'ascending' ? 1 : -1;
  const keyOf = (application: ListedApplication): string | number => {
    switch (column) {
      case 'status':
        return application.enabled ? 0 : 1;
      case 'last_used_at':
        return application.last_used_at ?? '';
      default:
        return application[column];
    }
  };
  return applications.toSorted((a, b) => {
    const [left, right] = [keyOf(a), keyOf(b)];
    const difference =
      typeof left === 'number' && typeof right === 'number'
        ? left - right
        : compare(String(left), String(right));
    return sign * difference || compare(a.name, b.name);
  });
}
