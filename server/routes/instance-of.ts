import type { FastifyRequest } from 'fastify';
import type { Instance } from '../registry/instance.ts';
import type { Services } from '../services.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The instance that the request's host names; set before every route but those of health and metrics. */
    instance: Instance;
  }
}

/** A host that is no instance's: answered 421 (RFC 9110 15.5.20). */
export class MisdirectedRequest extends Error {
  override name = 'MisdirectedRequest';
}

/**
 * Finds the instance of a request by its host, which is the forwarded one behind a trusted proxy.
 * @throws MisdirectedRequest
 */
export async function instanceOf(services: Services, request: FastifyRequest): Promise<Instance> {
  const host = normalHost(request.host, request.protocol);
  const instance = host === undefined ? undefined : await services.instances.byHost(host);
  if (!instance) throw new MisdirectedRequest('this host name belongs to no instance of Postern');
  return instance;
}

const plainHost = /^[a-z0-9.-]+(:\d{1,5})?$/;

/** `host[:port]` in lower case, without the default port of the scheme, as `Instance.host` is written. */
function normalHost(host: string | undefined, protocol: string): string | undefined {
  if (!host) return undefined;
  if (plainHost.test(host))
    return host.endsWith(protocol === 'https' ? ':443' : ':80') ? host.slice(0, host.lastIndexOf(':')) : host;
  const url = `${protocol}://${host}`;
  if (!/^[A-Za-z0-9.:[\]-]+$/.test(host) || !URL.canParse(url)) return undefined;
  return new URL(url).host;
}
