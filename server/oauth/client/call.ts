import type { Instant } from '../../base/units.ts';
import type { By } from '../../model/event.ts';
import type { Instance } from '../../model/instance.ts';
import type { Needs } from '../needs.ts';
import { type AuthenticatedClient, authenticateClient, type Credentials } from './authenticate.ts';
import { carryOut, type Spending } from './spending.ts';

/** What every request of a client to an endpoint of its own has. */
export interface ClientRequest {
  readonly instance: Instance;
  readonly ip: string;
  readonly credentials: Credentials;
  /** Of the JWT-bearer grant, which names the client too. */
  readonly assertion?: string | undefined;
}

/** A request whose client is known, as a rule gets it. */
export interface Call<R extends ClientRequest = ClientRequest> {
  readonly request: R;
  readonly client: AuthenticatedClient;
  readonly now: Instant;
}

/** What a client does by its request, as events tell it. */
export function byClient({ request: { instance, ip }, client }: Call): By {
  return { instanceId: instance.id, actor: { type: 'application', id: client.application.id }, ip };
}

/** The rule of an endpoint: checks everything, and says what is to be spent. */
export type Rule<R extends ClientRequest, T> = (needs: Needs, call: Call<R>) => Promise<Spending<T>>;

/** Finds out which client a request comes from. @throws OAuthError */
export type Identify<R extends ClientRequest> = (needs: Needs, request: R) => Promise<AuthenticatedClient>;

/**
 * Answers a request of a client by a rule: the client proves who it is, the rule checks, and what happens once is spent last, with the
 * proofs that came along.
 * @param identify how the client is found; by client authentication unless told
 * @throws OAuthError
 */
export async function answerClient<R extends ClientRequest, T>(
  needs: Needs,
  request: R,
  rule: Rule<R, T>,
  identify: Identify<R> = byCredentials,
): Promise<T> {
  const client = await identify(needs, request);
  const spending = await rule(needs, { request, client, now: needs.clock() });
  return carryOut(needs.db, client, spending);
}

/** Client authentication, as every endpoint but the JWT-bearer grant asks for. */
export function byCredentials(
  needs: Needs,
  { instance, credentials }: ClientRequest,
): Promise<AuthenticatedClient> {
  return authenticateClient(needs, instance, credentials);
}
