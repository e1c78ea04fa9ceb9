import type { FastifyRequest } from 'fastify';
import type { Instance } from '../model/instance.ts';

/**
 * Where a browser says a request comes from. `Sec-Fetch-Site` decides where there is one, since a page with
 * `Referrer-Policy: no-referrer` posts even to its own origin with `Origin: null`; else `Origin` does.
 * @returns `hidden` where a browser without `Sec-Fetch-Site` sends `Origin: null`, as our own page with `no-referrer` and a stranger's
 *   sandbox both make it; `unknown` without both headers, and for what a person did in no page (`none`). Neither proves anything
 */
export function isSameOrigin(
  request: FastifyRequest,
  instance: Instance,
): 'same' | 'cross' | 'hidden' | 'unknown' {
  const site = request.headers['sec-fetch-site'];
  if (site === 'none') return 'unknown';
  if (site !== undefined) return site === 'same-origin' ? 'same' : 'cross';
  const { origin } = request.headers;
  if (origin === undefined) return 'unknown';
  if (origin === 'null') return 'hidden';
  return origin === new URL(instance.url).origin ? 'same' : 'cross';
}
