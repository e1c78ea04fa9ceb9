import type { MessageKey } from '../intl/messages.ts';
import type { Draft } from './draft.ts';

/** How a text of the draft is asked for. */
export interface TextWords {
  readonly label: MessageKey;
  readonly help: MessageKey;
  readonly isRequired?: boolean;
  /** Whether it has several lines. */
  readonly isLong?: boolean;
  readonly isCode?: boolean;
  readonly isSecret?: boolean;
}

const isRequired = true;
const isLong = true;
const isCode = true;
const isSecret = true;

/** The texts of the draft, by their names there. */
export const textFields = {
  name: { label: 'providers.name', help: 'providers.name_help', isRequired },
  email_domains: { label: 'providers.email_domains', help: 'providers.email_domains_help', isLong },
  issuer: { label: 'providers.issuer', help: 'providers.issuer_help', isRequired },
  client_id: { label: 'providers.client_id', help: 'providers.client_id_help', isRequired },
  client_secret: { label: 'providers.client_secret', help: 'providers.client_secret_help', isSecret },
  scopes: { label: 'providers.scopes', help: 'providers.scopes_help', isLong, isCode },
  metadata_url: { label: 'providers.metadata_url', help: 'providers.metadata_url_help', isRequired },
  metadata: { label: 'providers.metadata', help: 'providers.metadata_help', isRequired, isLong, isCode },
  login_url: { label: 'providers.login_url', help: 'providers.login_url_help', isRequired },
  jwks_uri: { label: 'providers.jwks_uri', help: 'providers.jwks_uri_help', isRequired },
  jwks: { label: 'providers.jwks', help: 'providers.jwks_help', isRequired, isLong, isCode },
  subject: { label: 'providers.claim_subject', help: 'providers.claim_subject_help' },
  email: { label: 'providers.claim_email', help: 'providers.claim_email_help' },
  claim_name: { label: 'providers.claim_name', help: 'providers.claim_name_help' },
  locale: { label: 'providers.claim_locale', help: 'providers.claim_locale_help' },
  role_claim: { label: 'providers.role_claim', help: 'providers.role_claim_help' },
  role_values: { label: 'providers.role_values', help: 'providers.role_values_help', isLong },
  copy: { label: 'providers.copy_names', help: 'providers.copy_help', isLong, isCode },
} as const satisfies Partial<Record<keyof Draft, TextWords>>;
