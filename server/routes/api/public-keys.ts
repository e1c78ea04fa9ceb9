import { parseId } from '../../base/ids.ts';
import { maxNameLength } from '../../base/text.ts';
import { addPublicKey, deletePublicKey } from '../../registry/applications/public-keys.ts';
import type { Services } from '../../services.ts';
import type { Api } from './http/api.ts';
import { applicationOfPath } from './http/application-of.ts';
import { answer, IdText, nothing, problems, ref, takesRecentPassword } from './http/schema.ts';
import Type from './http/schema-builders.ts';
import { nullable } from './http/validation.ts';
import { presentPublicKey } from './shapes/credentials.ts';

const PublicKeyBody = Type.Object(
  {
    public_key: Type.Unsafe<string | Record<string, unknown>>({
      type: ['string', 'object'],
      description:
        'PEM public key, PEM X.509 certificate, or JWK (object or JSON text). RSA of 2048 bits or more, P-256, P-384, Ed25519. Never a private key.',
    }),
    name: Type.Optional(
      nullable<string>({
        type: 'string',
        maxLength: maxNameLength,
        description: 'A name to tell the key apart. By default, the kind of key.',
      }),
    ),
    acts_as_user_id: Type.Optional(
      nullable<string>({
        type: 'string',
        pattern: '^[0-9a-f]{32}$',
        description:
          'The user on whose behalf JWT-bearer assertions signed with this key may ask for tokens. You by default; `null` for nobody.',
      }),
    ),
  },
  { additionalProperties: false },
);

/** POST /applications/:id/public-keys and DELETE …/:key_id. */
export function registerPublicKeys(api: Api, services: Services): void {
  const found = { onRequest: applicationOfPath(services, 'public_keys') };

  api.post(
    '/applications/:id/public-keys',
    {
      ...found,
      schema: {
        operationId: 'addPublicKey',
        summary: 'Add a public key',
        description: `An application has at most ten public keys. The server never sees a private key: create the key pair in the console or on the command line. ${takesRecentPassword}`,
        tags: ['applications'],
        params: Type.Object({ id: IdText('The ID of the application.') }),
        body: PublicKeyBody,
        response: {
          201: answer('The public key.', ref('PublicKey')),
          ...problems(404, 409, 413, 415, 422),
        },
      },
    },
    async (request, reply) => {
      const { public_key: publicKey, name, acts_as_user_id: actsAsUserId } = request.body;
      const { caller, application } = request;
      const key = await addPublicKey(services, caller.act, application.id, { publicKey, name, actsAsUserId });
      reply.status(201);
      return presentPublicKey(key);
    },
  );

  api.delete(
    '/applications/:id/public-keys/:key_id',
    {
      ...found,
      schema: {
        operationId: 'deletePublicKey',
        summary: 'Delete a public key',
        tags: ['applications'],
        params: Type.Object({
          id: IdText('The ID of the application.'),
          key_id: IdText('The ID of the public key.'),
        }),
        response: { 204: nothing, ...problems(404, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const keyId = parseId(request.params.key_id);
      await deletePublicKey(services, request.caller.act, request.application.id, keyId);
      return reply.status(204).send(null);
    },
  );
}
