import type { IdentityProvider } from '../../model/identity-provider.ts';
import type { Instance } from '../../model/instance.ts';
import { beginHandOver, completeHandOver } from './hand-over.ts';
import { beginOidc, completeOidc } from './oidc.ts';
import { beginSaml, completeSaml } from './saml.ts';
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
  needs: ProviderNeeds,
  instance: Instance,
  provider: IdentityProvider,
  request: LoginRequest,
): Promise<string> {
  switch (provider.type) {
    case 'handover':
      return beginHandOver(needs, instance, provider, request);
    case 'oidc':
      return beginOidc(needs, instance, provider, request);
    case 'saml':
      return beginSaml(needs, instance, provider, request);
  }
}

/**
 * Checks what came back from a trip by all rules of the provider's protocol.
 * @param request null where somebody came unasked
 * @throws ProviderProblem
 */
export function completeTrip(
  needs: ProviderNeeds,
  instance: Instance,
  provider: IdentityProvider,
  request: LoginRequest | null,
  answer: ProviderAnswer,
): Promise<VouchedPerson> {
  switch (provider.type) {
    case 'handover':
      if (!request)
        throw new ProviderProblem('bad_answer', 'A hand-over answers a login request of this server.');
      return completeHandOver(needs, instance, provider, request, {
        response: answer.get('response'),
        error: answer.get('error'),
      });
    case 'oidc':
      if (!request)
        throw new ProviderProblem('bad_answer', 'The answer belongs to no sign-in that began here.');
      return completeOidc(needs, instance, provider, request, answer.toQuery());
    case 'saml':
      return completeSaml(needs, instance, provider, request, answer.get('SAMLResponse') ?? '');
  }
}
