import type { FastifyInstance } from 'fastify';
import type { Services } from '../services.ts';
import { DatabaseUnavailable } from '../store/database.ts';
import { isMigrated } from '../store/migrate.ts';

/** `/healthz`: the process is up. `/readyz`: the database answers and has every migration. On any host. */
export function registerHealth(app: FastifyInstance, services: Services): void {
  app.get('/healthz', (_request, reply) => reply.send({ status: 'ok' }));

  app.get('/readyz', async (_request, reply) => {
    const ready = await isMigrated(services.db).catch((error: unknown) => {
      services.log.warn({ err: error }, 'not ready');
      return false;
    });
    if (!ready) throw new DatabaseUnavailable('the database is not ready');
    return reply.send({ status: 'ready' });
  });
}
