import { useSearchParams } from 'react-router';

interface Search {
  readonly search: string;
  /** Empty: every role. */
  readonly role: string;
  /** `true`, `false`, or empty for both. */
  readonly active: string;
}

/** What the list of users is searched for, kept in the page's address, so that Back from a user finds it again. */
export function useSearchInUrl(): Search & { change(changed: Partial<Search>): void } {
  const [parameters, setParameters] = useSearchParams();
  const oneOf = (name: string, values: readonly string[]) =>
    values.find((value) => value === parameters.get(name)) ?? '';
  return {
    search: parameters.get('search') ?? '',
    role: oneOf('role', ['administrator', 'user']),
    active: oneOf('active', ['true', 'false']),
    change: (changed) =>
      setParameters(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [name, value] of Object.entries(changed)) {
            if (value === '') after.delete(name);
            else after.set(name, value);
          }
          return after;
        },
        // Not a step of the history for each letter.
        { replace: true, preventScrollReset: true },
      ),
  };
}
