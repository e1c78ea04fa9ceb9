import type { FastifyInstance } from 'fastify';
import { samlMetadata } from '../../accounts/providers/saml.ts';
import { parseId } from '../../base/ids.ts';
import { PageError } from '../../http/page-error.ts';
import type { Services } from '../../services.ts';

/**
 * GET /login/saml/:provider_id/metadata: what a SAML provider has to know of us, as XML. Providers read it from here, and administrators hand it on
 * before the provider is enabled.
 */
export function registerSamlMetadata(app: FastifyInstance, services: Services): void {
  app.get<{ Params: { provider_id: string } }>(
    '/login/saml/:provider_id/metadata',
    async (request, reply) => {
      const { instance, params } = request;
      const id = parseId(params.provider_id);
      const provider = id && (await services.identityProviders.find(instance.id, id));
      if (provider?.type !== 'saml') throw new PageError(404, 'not_found');
      return reply
        .type('application/samlmetadata+xml')
        .headers({ 'cache-control': 'no-cache', 'content-security-policy': "default-src 'none'; sandbox" })
        .send(samlMetadata(instance, provider));
    },
  );
}
