/** A refusal of the REST API: an RFC 9457 problem document. Also stands for a server that cannot be reached. */
export class Problem extends Error {
  /** 0 when no answer came. */
  readonly status: number;
  /** Stable; docs/api.md lists them. `unreachable` when no answer came. */
  readonly code: string;
  /** What is wrong with which field, such as `redirect_uris.0`. */
  readonly errors: readonly FieldError[];
  /** Seconds after which to come back; undefined when the server did not say. */
  readonly retryAfter: number | undefined;

  constructor(problem: {
    status: number;
    code: string;
    detail: string;
    errors?: readonly FieldError[];
    retryAfter?: number;
  }) {
    super(problem.detail);
    this.name = 'Problem';
    this.status = problem.status;
    this.code = problem.code;
    this.errors = problem.errors ?? [];
    this.retryAfter = problem.retryAfter;
  }
}

export interface FieldError {
  readonly path: string;
  readonly message: string;
}
