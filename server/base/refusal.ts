/**
 * Every refusal of a rule about what people and administrators ask for: a stable code (docs/api.md lists them), and the HTTP status
 * that says its kind. Refusals of the protocol are in `oauth/errors.ts`.
 */
export const refusals = {
  api_limit_reached: 409,
  api_not_found: 404,
  api_taken: 409,
  application_limit_reached: 409,
  application_not_found: 404,
  certificate_expired: 422,
  client_secret_limit_reached: 409,
  client_secret_not_found: 404,
  email_taken: 409,
  identity_not_found: 404,
  identity_provider_limit_reached: 409,
  identity_provider_not_found: 404,
  identity_taken: 409,
  insufficient_scope: 403,
  invalid_claims: 422,
  invalid_email: 422,
  invalid_locale: 422,
  invalid_name: 422,
  invalid_public_key: 422,
  invalid_role: 422,
  invalid_subject: 422,
  invalid_token: 401,
  default_api: 409,
  last_administrator: 409,
  logo_too_large: 413,
  not_administrator: 403,
  not_for_type: 422,
  not_signed_in: 401,
  password_sign_in_off: 403,
  private_key_refused: 422,
  public_key_exists: 409,
  public_key_limit_reached: 409,
  public_key_not_found: 404,
  reauthentication_required: 403,
  scope_in_use: 409,
  scim_token_limit_reached: 409,
  scim_token_not_found: 404,
  scope_required: 422,
  subject_taken: 409,
  too_many_attempts: 429,
  unsupported_image: 415,
  user_not_found: 404,
  validation_failed: 422,
  weak_password: 422,
  wrong_password: 422,
} as const;
export type RefusalCode = keyof typeof refusals;

/** What is wrong with one field. `path` is the field's name in the REST API, `redirect_uris.0` for a part of it. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** What a rule refuses; nothing has changed. Nothing in it repeats a secret, a password or a key. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly code: RefusalCode;
  /** The HTTP status that fits. */
  readonly status: number;
  /** One English sentence for the person who asked. */
  readonly detail: string;
  readonly errors: readonly FieldError[] | undefined;
  /** Seconds, with `too_many_attempts`. */
  readonly retryAfter: number | undefined;

  constructor(
    code: RefusalCode,
    detail: string,
    more: { errors?: readonly FieldError[] | undefined; retryAfter?: number | undefined } = {},
  ) {
    super(detail);
    this.code = code;
    this.status = refusals[code];
    this.detail = detail;
    this.errors = more.errors;
    this.retryAfter = more.retryAfter;
  }
}

/** @throws Refusal `validation_failed` when there is anything in the list */
export function refuseFieldErrors(errors: readonly FieldError[]): void {
  if (errors.length === 0) return;
  const names = [...new Set(errors.map((error) => error.path))].slice(0, 10).join(', ');
  throw new Refusal('validation_failed', `These fields cannot be accepted: ${names}.`, { errors });
}

/** @param field the name of the field that holds the password, for whoever has to correct it */
export function wrongPassword(field: string): Refusal {
  return new Refusal('wrong_password', 'The current password is wrong.', {
    errors: [{ path: field, message: 'is not the current password' }],
  });
}

/** So many people sign in that one more would wait for too long: 503, and nothing was changed. */
export class TooBusy extends Error {
  override name = 'TooBusy';
}
