/** The kinds of errors that RFC 7644 3.12 has a word for. */
export type ScimErrorType =
  | 'invalidFilter'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue';

/** A request that SCIM refuses (RFC 7644 3.12); nothing has changed. */
export class ScimError extends Error {
  override name = 'ScimError';
  /** The HTTP status. */
  readonly status: number;
  /** Null where RFC 7644 has no word for it. */
  readonly type: ScimErrorType | null;

  /** @param detail one English sentence for the administrator of the client; it repeats nothing of the request but names of attributes */
  constructor(status: number, type: ScimErrorType | null, detail: string) {
    super(detail);
    this.status = status;
    this.type = type;
  }
}

/** There is no such user, or not for this provider. */
export function noSuchUser(): ScimError {
  return new ScimError(404, null, 'There is no user with this ID.');
}

export function invalidValue(detail: string): ScimError {
  return new ScimError(400, 'invalidValue', detail);
}
