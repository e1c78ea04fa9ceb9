import type { FastifyInstance } from 'fastify';
import { assets } from '../../pages/assets.ts';

/** GET /assets/…: the files that pages refer to, each under a name that changes with its content. */
export function registerAssets(app: FastifyInstance): void {
  for (const { path, mediaType, body } of assets)
    app.get(path, async (_request, reply) =>
      reply
        .header('Content-Type', mediaType)
        .header('Cache-Control', 'public, max-age=31536000, immutable')
        .send(body),
    );
}
