import type { ProviderType } from '../api/types.ts';
import type { TypeWords } from '../ui/type-cards.tsx';

/** The types of identity providers: what each is, what has to be at hand, and what speaks it. */
export const providerTypes: Readonly<Record<ProviderType, TypeWords>> = {
  oidc: {
    label: 'providers.type_oidc',
    about: 'providers.type_oidc_about',
    fact: 'providers.type_oidc_needs',
    examples: ['Keycloak', 'Entra ID', 'Google', 'Okta'],
  },
  saml: {
    label: 'providers.type_saml',
    about: 'providers.type_saml_about',
    fact: 'providers.type_saml_needs',
    examples: ['AD FS', 'Shibboleth', 'PingFederate'],
  },
  handover: {
    label: 'providers.type_handover',
    about: 'providers.type_handover_about',
    fact: 'providers.type_handover_needs',
    examples: [],
  },
};
