import type { ErrorPageCode } from '../pages/error.ts';

/** A request that gets an error page for people. */
export class PageError extends Error {
  override name = 'PageError';
  readonly status: number;
  readonly code: ErrorPageCode;
  /** Seconds after which it is worth trying again. */
  readonly retryAfter: number | undefined;
  /** Where to begin again what this ended: path and query. */
  readonly beginAgain: string | undefined;

  constructor(
    status: number,
    code: ErrorPageCode,
    options: { retryAfter?: number; beginAgain?: string } = {},
  ) {
    super(code);
    this.status = status;
    this.code = code;
    this.retryAfter = options.retryAfter;
    this.beginAgain = options.beginAgain;
  }
}
