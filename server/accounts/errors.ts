/** What may be wrong with a wish about users and passwords. Stable: the REST API's `code`, and the pages' messages. */
export type AccountErrorCode =
  | 'invalid_email'
  | 'invalid_name'
  | 'invalid_role'
  | 'invalid_locale'
  | 'weak_password'
  | 'wrong_password'
  | 'email_taken'
  | 'last_administrator'
  | 'user_not_found'
  | 'reauthentication_required'
  | 'too_many_attempts';

/** One field that cannot stay as it is; `path` is its name in the REST API. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

const status: Record<AccountErrorCode, number> = {
  invalid_email: 422,
  invalid_name: 422,
  invalid_role: 422,
  invalid_locale: 422,
  weak_password: 422,
  wrong_password: 422,
  email_taken: 409,
  last_administrator: 409,
  user_not_found: 404,
  reauthentication_required: 403,
  too_many_attempts: 429,
};

/** A wish about users or passwords that a rule refuses; nothing has changed. */
export class AccountError extends Error {
  override name = 'AccountError';
  readonly code: AccountErrorCode;
  /** The HTTP status that fits. */
  readonly status: number;
  /** One English sentence for the person who asked. */
  readonly detail: string;
  readonly errors: readonly FieldError[] | undefined;
  /** Seconds, with `too_many_attempts`. */
  readonly retryAfter: number | undefined;

  constructor(
    code: AccountErrorCode,
    detail: string,
    more: { errors?: readonly FieldError[]; retryAfter?: number } = {},
  ) {
    super(detail);
    this.code = code;
    this.status = status[code];
    this.detail = detail;
    this.errors = more.errors;
    this.retryAfter = more.retryAfter;
  }
}

/** @param field the name of the field that holds the password, for whoever has to correct it */
export function wrongPassword(field: string): AccountError {
  return new AccountError('wrong_password', 'The current password is wrong.', {
    errors: [{ path: field, message: 'is not the current password' }],
  });
}

/** So many people sign in that one more would wait for too long: 503, and nothing was changed. */
export class TooBusy extends Error {
  override name = 'TooBusy';
}
