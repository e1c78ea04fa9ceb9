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
        .send(
          'metrics are for POSTERN_METRICS_TOKEN as bearer token, and for this machine where POSTERN_URL is a loopback one\n',
        );
    return reply
      .header('cache-control', 'no-store')
      .type(metrics.registry.contentType)
      .send(await metrics.registry.metrics());
  });
}

/**
 * Whether this may be told to whoever asks: with the token, under any host name, since who collects metrics knows a process by its
 * address; without it from this machine, where that is certain (decision 063).
 * @throws MisdirectedRequest
 */
async function mayRead(services: Services, request: FastifyRequest): Promise<boolean> {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  const { metricsToken } = services.config;
  if (bearer !== undefined && metricsToken !== null && timingSafeEqual(sha256(bearer), sha256(metricsToken)))
    return true;
  // A browser on this machine comes from loopback too, and under the name of a stranger's page if that leads here.
  if (!namesLoopback(request.host)) await enterInstance(services, request);
  return (
    bearer === undefined &&
    isLoopbackAddress(request.ip) &&
    (isToldByProxy(request) || isDirect(services, request))
  );
}

function namesLoopback(host: string): boolean {
  const [, name = ''] = /^(\[[^\]]*\]|[^:]*)(?::\d{1,5})?$/.exec(host.toLowerCase()) ?? [];
  return isLoopbackHost(name);
}

function isLoopbackAddress(address: string): boolean {
  return /^(127\.|::1$|::ffff:127\.)/.test(address);
}

/** Whether the address of the client is what a trusted proxy says. */
function isToldByProxy(request: FastifyRequest): boolean {
  return (request.ips?.length ?? 1) > 1;
}

/** What proxies and tunnels add to what they pass on. */
const ofProxies = /^(?:x-forwarded-.*|forwarded|via|x-real-ip|x-client-ip|true-client-ip|cf-connecting-ip)$/;

/**
 * Whether nobody passed the request on. Behind a proxy on this machine everybody comes from loopback, under any host name, and not
 * every proxy says that it is there: a server with a public URL has one for TLS, so there nothing is certain.
 */
function isDirect({ config }: Services, request: FastifyRequest): boolean {
  return (
    isLoopbackHost(new URL(config.url).hostname) &&
    namesLoopback(request.host) &&
    !Object.keys(request.headers).some((name) => ofProxies.test(name))
  );
}
