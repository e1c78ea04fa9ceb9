import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sha256 } from '../master-secret.ts';
import type { Services } from '../services.ts';

/** `GET /metrics`, and the hook that counts every answer. */
export function registerMetrics(app: FastifyInstance, services: Services): void {
  const { metrics } = services;
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.requests.inc({ method: request.method, route, status: reply.statusCode });
    metrics.duration.observe({ route }, reply.elapsedTime / 1000);
    done();
  });

  app.get('/metrics', async (request, reply) => {
    if (!mayRead(services, request))
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

const forwardingHeaders = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'forwarded'];

function mayRead(services: Services, request: FastifyRequest): boolean {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  const { metricsToken } = services.config;
  if (bearer !== undefined)
    return metricsToken !== null && timingSafeEqual(sha256(bearer), sha256(metricsToken));
  // Behind a proxy on this machine everybody comes from loopback: then only an address that it is trusted for counts.
  const isForwarded = forwardingHeaders.some((name) => request.headers[name] !== undefined);
  if (isForwarded && (request.ips?.length ?? 1) === 1) return false;
  return /^(127\.|::1$|::ffff:127\.)/.test(request.ip);
}
