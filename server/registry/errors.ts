/** Every refusal of the registry: a stable code (docs/api.md lists them) and the HTTP status that says its kind. */
export const registryErrors = {
  application_limit_reached: 409,
  application_not_found: 404,
  certificate_expired: 422,
  client_secret_limit_reached: 409,
  client_secret_not_found: 404,
  instance_name_taken: 409,
  invalid_public_key: 422,
  not_for_type: 422,
  private_key_refused: 422,
  public_key_exists: 409,
  public_key_limit_reached: 409,
  public_key_not_found: 404,
  scope_in_use: 409,
  scope_required: 422,
  logo_too_large: 413,
  unsupported_image: 415,
  validation_failed: 422,
} as const;
export type RegistryErrorCode = keyof typeof registryErrors;

/** What is wrong with one field. `path` is the field's name in the REST API, `redirect_uris.0` for a part of it. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** A wish that the registry refuses. `detail` is a sentence for people; nothing in it repeats a secret or a key. */
export class RegistryError extends Error {
  override name = 'RegistryError';
  readonly code: RegistryErrorCode;
  readonly status: number;
  readonly detail: string;
  readonly errors: readonly FieldError[] | undefined;

  constructor(code: RegistryErrorCode, detail: string, errors?: readonly FieldError[]) {
    super(detail);
    this.code = code;
    this.status = registryErrors[code];
    this.detail = detail;
    this.errors = errors;
  }
}

/** @throws RegistryError when there is anything in the list */
export function refuseFieldErrors(errors: readonly FieldError[]): void {
  if (errors.length === 0) return;
  const names = [...new Set(errors.map((error) => error.path))].slice(0, 10).join(', ');
  throw new RegistryError('validation_failed', `These fields cannot be accepted: ${names}.`, errors);
}
