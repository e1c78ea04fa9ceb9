import type { FastifyInstance } from 'fastify';
import { parseId } from '../../base/ids.ts';
import { PageError } from '../../http/page-error.ts';
import type { Services } from '../../services.ts';
import { findLogo } from '../../store/logos.ts';

/**
 * GET /logos/:application_id/:version: the logos, for everybody. A version never changes, so browsers keep it; the
 * headers keep a browser from taking an image for anything else.
 */
export function registerLogos(app: FastifyInstance, services: Services): void {
  app.get<{ Params: { application_id: string; version: string } }>(
    '/logos/:application_id/:version',
    async (request, reply) => {
      const { application_id: id, version } = request.params;
      const applicationId = parseId(id);
      const isVersion = /^[0-9a-f]{16}$/.test(version);
      const logo =
        applicationId &&
        isVersion &&
        (await findLogo(services.db, request.instance.id, applicationId, version));
      if (!logo) throw new PageError(404, 'not_found');
      return reply
        .type(logo.mediaType)
        .headers({
          'cache-control': 'public, max-age=31536000, immutable',
          'content-security-policy': "default-src 'none'; sandbox",
        })
        .send(logo.image);
    },
  );
}
