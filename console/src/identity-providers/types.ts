import type { ProviderType } from '../api/types.ts';
import type { MessageKey } from '../intl/messages.ts';

interface TypeWords {
  readonly label: MessageKey;
  readonly about: MessageKey;
  /** What has to be at hand. */
  readonly needs: MessageKey;
  /** What speaks it: names that are the same in every language. */
  readonly examples: readonly string[];
}

/** The types of identity providers in words. */
export const providerTypes: Record<ProviderType, TypeWords> = {
  oidc: {
    label: 'providers.type_oidc',
    about: 'providers.type_oidc_about',
    needs: 'providers.type_oidc_needs',
    examples: ['Keycloak', 'Entra ID', 'Google', 'Okta'],
  },
  saml: {
    label: 'providers.type_saml',
    about: 'providers.type_saml_about',
    needs: 'providers.type_saml_needs',
    examples: ['AD FS', 'Shibboleth', 'PingFederate'],
  },
  handover: {
    label: 'providers.type_handover',
    about: 'providers.type_handover_about',
    needs: 'providers.type_handover_needs',
    examples: [],
  },
};
