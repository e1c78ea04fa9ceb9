import type { FastifyRequest } from 'fastify';
import type { Instance } from '../model/instance.ts';

/**
 * Where a browser says a request comes from. `Sec-Fetch-Site` decides where there is one, since a page with
 * `Referrer-Policy: no-referrer` posts even to its own origin with `Origin: null`; else `Origin` does.
 * @returns `unknown` without both, and for what a person did in no page (`none`): for cookies no proof of anything
 */
export function isSameOrigin(request: FastifyRequest, instance: Instance): 'same' | 'cross' | 'unknown' {
  const site = request.headers['sec-fetch-site'];
  if (site === 'none') return 'unknown';
  if (site !== undefined) return site === 'same-origin' ? 'same' : 'cross';
  const { origin } = request.headers;
  if (origin === undefined) return 'unknown';
  return origin === new URL(instance.url).origin ? 'same' : 'cross';
}
