import type { MessageKey } from '../../intl/messages.ts';
import type { HttpAnswer } from './http/exchange.ts';

/** What each error means and what to do about it; docs/integrating.md says the same to integrators. */
const oauthErrors: Record<string, MessageKey> = {
  access_denied: 'try.error_access_denied',
  consent_required: 'try.error_consent_required',
  invalid_client: 'try.error_invalid_client',
  invalid_grant: 'try.error_invalid_grant',
  invalid_request: 'try.error_invalid_request',
  invalid_scope: 'try.error_invalid_scope',
  login_required: 'try.error_login_required',
  request_not_supported: 'try.error_not_supported',
  request_uri_not_supported: 'try.error_not_supported',
  unauthorized_client: 'try.error_unauthorized_client',
  unsupported_grant_type: 'try.error_unsupported_grant_type',
  unsupported_response_type: 'try.error_unsupported_response_type',
};

const statuses: Record<number, MessageKey> = {
  413: 'try.error_413',
  421: 'try.error_421',
  429: 'try.error_429',
  503: 'try.error_503',
};

/** What an OAuth error code means. */
export function meaningOfError(code: string): MessageKey {
  return Object.hasOwn(oauthErrors, code) ? (oauthErrors[code] as MessageKey) : 'try.error_unknown';
}

/** An answer that is no success, as its code and what that means. */
export function failureOf(
  answer: HttpAnswer | null,
): { code: string; meaning: MessageKey; description: string | undefined } | undefined {
  if (answer === null) return { code: '', meaning: 'try.error_unreachable', description: undefined };
  if (answer.status < 300) return undefined;
  const { error, error_description: description } = answer.json ?? {};
  const code = typeof error === 'string' ? error : '';
  return {
    code: code || String(answer.status),
    // These statuses say more than the code beside them, which is invalid_request for most.
    meaning: statuses[answer.status] ?? (code ? meaningOfError(code) : 'try.error_unknown'),
    description: typeof description === 'string' ? description : undefined,
  };
}
