import type { IdentityProvider } from '../../model/identity-provider.ts';
import type { Instance } from '../../model/instance.ts';
import { type LoginRequest, type ProviderNeeds, ProviderProblem, type VouchedPerson } from './vouched.ts';

/** What an identity provider has a browser bring back, by its protocol: parameters that came once. */
export interface ProviderAnswer {
  /** Undefined for a parameter that did not come. */
  get(name: string): string | undefined;
  toQuery(): URLSearchParams;
}

/**
 * Where a browser is sent that begins a trip to a provider.
 * @throws ProviderProblem `unreachable`, `misconfigured`
 */
export function beginTrip(
  _needs: ProviderNeeds,
  _instance: Instance,
  provider: IdentityProvider,
  _request: LoginRequest,
): Promise<string> {
  switch (provider.type) {
    default:
      throw new ProviderProblem('misconfigured', 'Providers of this type cannot be used yet.');
  }
}

/**
 * Checks what came back from a trip by all rules of the provider's protocol.
 * @param request null where somebody came unasked
 * @throws ProviderProblem
 */
export function completeTrip(
  _needs: ProviderNeeds,
  _instance: Instance,
  provider: IdentityProvider,
  _request: LoginRequest | null,
  _answer: ProviderAnswer,
): Promise<VouchedPerson> {
  switch (provider.type) {
    default:
      throw new ProviderProblem('misconfigured', 'Providers of this type cannot be used yet.');
  }
}
