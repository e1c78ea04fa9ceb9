import type { FastifyRequest } from 'fastify';
import type { Instance } from '../model/instance.ts';
import type { Services } from '../services.ts';
import { authorityOf, isReadable, MalformedRequest } from './request-target.ts';

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
 * Sets the instance of a request by its host, which is the forwarded one behind a trusted proxy.
 * @throws MisdirectedRequest, also for a target that names another host than the header does (RFC 9112 3.2.2)
 * @throws MalformedRequest for a target that cannot be read, with the instance set
 */
export async function enterInstance(services: Services, request: FastifyRequest): Promise<void> {
  request.instance = await instanceOf(services, request);
  if (!isReadable(request)) throw new MalformedRequest('the path of the request cannot be decoded');
}

async function instanceOf(services: Services, request: FastifyRequest): Promise<Instance> {
  const authority = authorityOf(request);
  const agrees = authority === undefined || authority === request.headers.host?.toLowerCase();
  const host = agrees ? normalHost(request.host, request.protocol) : undefined;
  const instance = host === undefined ? undefined : await services.instances.byHost(host);
  if (!instance) throw new MisdirectedRequest('this host name belongs to no instance of Postern');
  return instance;
}

const plainHost = /^[a-z0-9._-]+(:\d{1,5})?$/;

/** `host[:port]` in lower case, without the default port of the scheme, as `Instance.host` is written. */
function normalHost(host: string | undefined, protocol: string): string | undefined {
  if (!host) return undefined;
  if (plainHost.test(host))
    return host.endsWith(protocol === 'https' ? ':443' : ':80') ? host.slice(0, host.lastIndexOf(':')) : host;
  const url = `${protocol}://${host}`;
  if (!/^[\w.:[\]-]+$/.test(host) || !URL.canParse(url)) return undefined;
  return new URL(url).host;
}
