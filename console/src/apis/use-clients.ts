import { useApplications } from '../api/applications.ts';
import type { Api, Application } from '../api/types.ts';

/** An application that may ask for an API, by these scopes. */
export interface ApiClient {
  readonly application: Application;
  readonly scopes: readonly string[];
}

/** Who may ask for an API: the applications that have a scope of it. Undefined as long as nobody knows. */
export function useClients(api: Api): readonly ApiClient[] | undefined {
  const { data: applications } = useApplications();
  return applications?.data
    .map((application) => ({
      application,
      scopes: api.scopes.map(({ name }) => name).filter((name) => application.scopes.includes(name)),
    }))
    .filter(({ scopes }) => scopes.length > 0);
}
