import type { MessageKey } from '../intl/messages.ts';

/** What the REST API's codes mean to people, in their language. docs/api.md lists the codes. */
export const problemMessages = {
  unreachable: 'problems.unreachable',
  database_unavailable: 'problems.database_unavailable',
  not_administrator: 'problems.not_administrator',
  cross_origin: 'problems.cross_origin',
  application_not_found: 'problems.application_not_found',
  client_secret_not_found: 'problems.client_secret_not_found',
  public_key_not_found: 'problems.public_key_not_found',
  authorization_not_found: 'problems.authorization_not_found',
  user_not_found: 'problems.user_not_found',
  application_limit_reached: 'problems.application_limit_reached',
  client_secret_limit_reached: 'problems.client_secret_limit_reached',
  public_key_limit_reached: 'problems.public_key_limit_reached',
  public_key_exists: 'problems.public_key_exists',
  scope_in_use: 'problems.scope_in_use',
  scope_required: 'problems.scope_required',
  email_taken: 'problems.email_taken',
  subject_taken: 'problems.subject_taken',
  identity_provider_not_found: 'problems.identity_provider_not_found',
  identity_provider_limit_reached: 'problems.identity_provider_limit_reached',
  identity_taken: 'problems.identity_taken',
  identity_not_found: 'problems.identity_not_found',
  scim_token_not_found: 'problems.scim_token_not_found',
  scim_token_limit_reached: 'problems.scim_token_limit_reached',
  password_sign_in_off: 'problems.password_sign_in_off',
  api_not_found: 'problems.api_not_found',
  api_limit_reached: 'problems.api_limit_reached',
  api_taken: 'problems.api_taken',
  default_api: 'problems.default_api',
  last_administrator: 'problems.last_administrator',
  body_too_large: 'problems.body_too_large',
  unsupported_image: 'problems.unsupported_image',
  validation_failed: 'problems.validation_failed',
  invalid_public_key: 'problems.invalid_public_key',
  certificate_expired: 'problems.certificate_expired',
  private_key_refused: 'problems.private_key_refused',
  invalid_email: 'problems.invalid_email',
  invalid_subject: 'problems.invalid_subject',
  invalid_claims: 'problems.invalid_claims',
  invalid_name: 'problems.invalid_name',
  weak_password: 'problems.weak_password',
  wrong_password: 'problems.wrong_password',
  too_many_attempts: 'problems.too_many_attempts',
  reauthentication_required: 'problems.reauthentication_required',
} as const satisfies Record<string, MessageKey>;

/** Whether there are words for this code. */
export function isProblemCode(code: string): code is keyof typeof problemMessages {
  return Object.hasOwn(problemMessages, code);
}
