import type { Answer, Headers } from './http.ts';

let addresses = 0;

/** An address that nobody has come from. */
export const newAddress = () => `198.51.${Math.floor(++addresses / 250)}.${(addresses % 250) + 1}`;

/** As a proxy says that a request came from there. */
export const from = (address: string): Headers => ({ 'x-forwarded-for': address });

/** In how many seconds to come back. */
export const retryAfter = (answer: Answer) => Number(answer.headers['retry-after']);
