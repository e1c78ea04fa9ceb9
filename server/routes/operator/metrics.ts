import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sha256 } from '../../base/master-secret.ts';
import { isLoopbackHost } from '../../base/origin.ts';
import { enterInstance } from '../../http/instance-of.ts';
import type { Services } from '../../services.ts';

/** `GET /metrics`, by address too, and the hook that counts every answer. */
export function registerMetrics(app: FastifyInstance, services: Services): void {
  const { metrics } = services;
  app.addHook('onResponse', (request, reply, done) => {
    // By the pattern of the route, so that what strangers ask for makes no new series.
    const route = request.routeOptions.url ?? 'none';
    metrics.requests.inc({ method: request.method, route, status: reply.statusCode });
    metrics.duration.observe({ route }, reply.elapsedTime / 1000);
    done();
  });

  app.get('/metrics', async (request, reply) => {
    if (!(await mayRead(services, request)))
      return reply
        .code(403)
        .type('text/plain; charset=utf-8')
        .send('metrics are for loopback, or for POSTERN_METRICS_TOKEN as bearer token\n');
    return reply
      .header('cache-control', 'no-store')
      .type(metrics.registry.contentType)
      .send(await metrics.registry.metrics());
  });
}

/** @throws MisdirectedRequest */
async function mayRead(services: Services, request: FastifyRequest): Promise<boolean> {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  const { metricsToken } = services.config;
  // Whoever collects metrics knows a process by its address, so with the token the host does not matter.
  if (bearer !== undefined && metricsToken !== null && timingSafeEqual(sha256(bearer), sha256(metricsToken)))
    return true;
  // A browser on this machine comes from loopback too, and under the name of a stranger's page if that leads here.
  if (!namesLoopback(request.host)) await enterInstance(services, request);
  return bearer === undefined && isFromLoopback(request);
}

function namesLoopback(host: string): boolean {
  const [, name = ''] = /^(\[[^\]]*\]|[^:]*)(?::\d{1,5})?$/.exec(host.toLowerCase()) ?? [];
  return isLoopbackHost(name);
}

const forwardingHeaders = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'forwarded'];

function isFromLoopback(request: FastifyRequest): boolean {
  // Behind a proxy on this machine everybody comes from loopback: then only an address that it is trusted for counts.
  const isForwarded = forwardingHeaders.some((name) => request.headers[name] !== undefined);
  if (isForwarded && (request.ips?.length ?? 1) === 1) return false;
  return /^(127\.|::1$|::ffff:127\.)/.test(request.ip);
}
