import { useSearchParams } from 'react-router';
import type { AuditFilter } from '../api/audit-events.ts';
import { eventTypes } from './event-types.ts';

/** The filters as people set them: days are those of the user's own calendar, `until` is a day that belongs to it. */
export interface ChosenFilter {
  readonly type: string;
  readonly application: string;
  readonly user: string;
  /** Whether it is about events that concerned the user, or that they caused. */
  readonly part: 'concerned' | 'did';
  /** `2026-01-31`, or empty. */
  readonly since: string;
  readonly until: string;
}

const names = ['type', 'application', 'user', 'part', 'since', 'until'] as const;

/** The filters, kept in the page's address, so that they can be sent to somebody and Back undoes them. */
export function useFilterInUrl() {
  const [parameters, setParameters] = useSearchParams();
  const read = (name: (typeof names)[number]) => parameters.get(name) ?? '';
  const chosen: ChosenFilter = {
    type: Object.hasOwn(eventTypes, read('type')) ? read('type') : '',
    application: idOrNothing(read('application')),
    user: idOrNothing(read('user')),
    part: read('part') === 'did' ? 'did' : 'concerned',
    since: dayOrNothing(read('since')),
    until: dayOrNothing(read('until')),
  };
  const change = (changed: Partial<ChosenFilter>) =>
    setParameters(
      (before) => {
        const after = new URLSearchParams(before);
        for (const [name, value] of Object.entries(changed)) {
          if (value === '' || value === 'concerned') after.delete(name);
          else after.set(name, value);
        }
        if (!after.has('user')) after.delete('part');
        return after;
      },
      { preventScrollReset: true },
    );
  const clear = () => setParameters({}, { preventScrollReset: true });
  const isFiltering = names.some((name) => name !== 'part' && chosen[name] !== '');
  return { chosen, filter: filterOf(chosen), isFiltering, change, clear };
}

function filterOf({ type, application, user, part, since, until }: ChosenFilter): AuditFilter {
  return {
    type,
    application_id: application,
    [part === 'did' ? 'actor_id' : 'user_id']: user,
    since: since && startOf(since, 0),
    until: until && startOf(until, 1),
  };
}

/** When a day begins where the user is, or one that comes so many days later. */
function startOf(day: string, later: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}

function idOrNothing(text: string): string {
  return /^[0-9a-f]{32}$/.test(text) ? text : '';
}

function dayOrNothing(text: string): string {
  return /^[12]\d{3}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : '';
}
