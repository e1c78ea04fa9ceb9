import type { FastifyRequest } from 'fastify';

/** A request that HTTP itself forbids: answered 400. */
export class MalformedRequest extends Error {
  override name = 'MalformedRequest';
  readonly statusCode = 400;
}

const absoluteForm = /^https?:\/\/([^/?#]*)(.*)$/is;

/**
 * Path and query of a request target, such that the router can read them: what it cannot read it would answer by itself,
 * on any host. `authorityOf` and `isReadable` tell what was wrong with the target as it came.
 */
export function routableUrl(url: string): string {
  if (url.startsWith('/') && !url.includes('%')) return url;
  const local = url.startsWith('/') ? url : (absoluteForm.exec(url)?.[2] ?? '');
  const rooted = local.startsWith('/') ? local : `/${local}`;
  return canDecode(rooted) ? rooted : rooted.replaceAll('%', '%25');
}

/** Host and port of a target in absolute form (RFC 9112 3.2.2), in lower case; undefined for all others. */
export function authorityOf({ originalUrl }: FastifyRequest): string | undefined {
  if (originalUrl.startsWith('/')) return undefined;
  return absoluteForm.exec(originalUrl)?.[1]?.toLowerCase();
}

/** Whether the target names a path, and one that can be decoded. */
export function isReadable({ originalUrl, url }: FastifyRequest): boolean {
  return originalUrl === url || (originalUrl !== '*' && canDecode(originalUrl));
}

/** Two `Host` lines come joined by a comma, which no host name has. A request with them must be refused (RFC 9112 3.2). */
export function namesTwoHosts({ headers }: FastifyRequest): boolean {
  return headers.host?.includes(',') === true;
}

function canDecode(url: string): boolean {
  try {
    decodeURIComponent(url.split(/[?#]/, 1)[0] as string);
    return true;
  } catch {
    return false;
  }
}
