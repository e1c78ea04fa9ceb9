import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { maxLogoBytes, unsupported } from '../../registry/applications/image.ts';
import { deleteLogo, putLogo } from '../../registry/applications/logos.ts';
import type { Services } from '../../services.ts';
import type { Api } from './http/api.ts';
import { applicationOfPath } from './http/application-of.ts';
import { answer, IdText, nothing, problems, ref } from './http/schema.ts';
import Type from './http/schema-builders.ts';
import { presentApplication } from './shapes/application.ts';

const mediaTypes = ['image/png', 'image/jpeg', 'image/webp'];

const params = Type.Object({ id: IdText('The ID of the application.') });

/** PUT and DELETE /applications/:id/logo. */
export async function registerLogo(api: Api, services: Services): Promise<void> {
  const found = { onRequest: applicationOfPath(services, 'logo') };

  // On an API of its own, which takes images and nothing else.
  await api.register(async (plugin) => {
    const images: Api = plugin.withTypeProvider<TypeBoxTypeProvider>();
    images.removeAllContentTypeParsers();
    images.addContentTypeParser(mediaTypes, { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
    images.put(
      '/applications/:id/logo',
      {
        ...found,
        bodyLimit: maxLogoBytes,
        // The bytes are judged by the rules; the schema is for the document.
        validatorCompiler: () => (value: unknown) => ({ value }),
        schema: {
          operationId: 'putLogo',
          summary: 'Set the logo of an application',
          description:
            'The body is a PNG, JPEG or WebP image of at most 1 MiB. It is re-encoded without metadata, at most 256 × 256 pixels.',
          tags: ['applications'],
          consumes: mediaTypes,
          params,
          body: Type.Unsafe<unknown>({ type: 'string', format: 'binary' }),
          response: { 200: answer('The application.', ref('Application')), ...problems(404, 413, 415, 422) },
        },
      },
      async (request) => {
        const { instance, application, body, caller } = request;
        if (!Buffer.isBuffer(body) || body.length === 0)
          throw unsupported('The body must be a PNG, JPEG or WebP image.');
        const client = await putLogo(services, caller.act, application.id, body);
        return presentApplication(instance, client);
      },
    );
  });

  api.delete(
    '/applications/:id/logo',
    {
      ...found,
      schema: {
        operationId: 'deleteLogo',
        summary: 'Remove the logo of an application',
        tags: ['applications'],
        params,
        response: { 204: nothing, ...problems(404, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      await deleteLogo(services, request.caller.act, request.application.id);
      return reply.status(204).send(null);
    },
  );
}
