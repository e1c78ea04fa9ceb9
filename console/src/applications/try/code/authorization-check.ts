import type { Arrival } from './arrivals.ts';

/** What is wrong with an answer, before its code is of any use. */
export type CallbackMistake = 'wrong_issuer' | 'no_code';

/** Checks an answer as a client must: who sent it (RFC 9207), and that it has a code. Its state is known to be ours. */
export function mistakeOf({ pending, callback }: Arrival): CallbackMistake | undefined {
  if (callback.iss !== pending.issuer) return 'wrong_issuer';
  if (callback.error === undefined && callback.code === undefined) return 'no_code';
  return undefined;
}
