import type { FastifyInstance } from 'fastify';
import { sendJson } from '../../http/reply.ts';
import type { Services } from '../../services.ts';
import { isMigrated, tryWriting } from '../../store/engine/migrate.ts';
import { ShortCache } from '../../store/engine/short-cache.ts';

/** `/healthz`: the process is up. `/readyz`: the database answers, has every migration and can be written. On any host, `OPTIONS` too. */
export function registerHealth(app: FastifyInstance, services: Services): void {
  const { db, log } = services;
  // Anybody may ask, so the disk is written once a second and not as often as somebody asks, also when that fails.
  const outcome = new ShortCache<'readiness', { isReady: boolean }>();
  let wasReady = true;

  const look = async (): Promise<{ isReady: boolean }> => {
    let failure: unknown;
    try {
      if (!(await isMigrated(db))) throw new Error('the database lacks migrations of this program');
      await tryWriting(db);
    } catch (error) {
      failure = error;
    }
    const isReady = failure === undefined;
    if (wasReady && !isReady) log.warn({ err: failure }, 'not ready');
    if (!wasReady && isReady) log.info('ready again');
    wasReady = isReady;
    return { isReady };
  };

  for (const path of ['/healthz', '/readyz'])
    app.options(path, (_request, reply) => reply.code(204).header('allow', 'GET, HEAD, OPTIONS').send());

  app.get('/healthz', (_request, reply) => reply.send({ status: 'ok' }));

  app.get('/readyz', async (_request, reply) => {
    // Not by an error, each of which would be a line in the log.
    if (!(await outcome.get('readiness', look))?.isReady)
      return sendJson(reply.header('retry-after', '1'), 503, {
        error: 'temporarily_unavailable',
        error_description: 'the database cannot be reached or written; try again',
      });
    return reply.send({ status: 'ready' });
  });
}
