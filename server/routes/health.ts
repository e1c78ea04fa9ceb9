import type { FastifyInstance } from 'fastify';
import type { Services } from '../services.ts';
import { DatabaseUnavailable } from '../store/database.ts';
import { isMigrated, tryWriting } from '../store/migrate.ts';
import { ShortCache } from '../store/short-cache.ts';

/** `/healthz`: the process is up. `/readyz`: the database answers, has every migration and can be written. On any host. */
export function registerHealth(app: FastifyInstance, services: Services): void {
  const { db, log } = services;
  // Anybody may ask, so the disk is written once a second and not as often as somebody asks.
  const written = new ShortCache<'database', true>();

  app.get('/healthz', (_request, reply) => reply.send({ status: 'ok' }));

  app.get('/readyz', async (_request, reply) => {
    try {
      if (!(await isMigrated(db))) throw new Error('the database lacks migrations of this program');
      await written.get('database', async () => {
        await tryWriting(db);
        return true;
      });
    } catch (error) {
      log.warn({ err: error }, 'not ready');
      throw new DatabaseUnavailable('the database is not ready');
    }
    return reply.send({ status: 'ready' });
  });
}
