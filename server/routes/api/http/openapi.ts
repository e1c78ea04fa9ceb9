import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';

/** What the OpenAPI document says besides the routes. */
export const openapi: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Postern REST API',
      version: '1',
      description:
        'Manages OAuth 2 applications, their credentials, users, identity providers and authorizations. Errors are problem documents (RFC 9457) with a stable `code`. Lists are paginated: pass `next_cursor` of a page as `cursor` to get the next one.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The instance with this host name.' }],
    security: [{ session: [] }, { bearer: [] }],
    tags: [
      { name: 'instance', description: 'The settings of the instance.' },
      { name: 'applications', description: 'Applications and their credentials.' },
      { name: 'authorizations', description: 'The permissions that users have given to applications.' },
      { name: 'users', description: 'The people who can sign in.' },
      { name: 'identity providers', description: 'Who else may say who somebody is.' },
      { name: 'audit', description: 'The audit log.' },
      { name: 'me', description: 'The signed-in user.' },
    ],
    components: {
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-postern',
          description:
            'The browser session. On plain `http` the cookie is called `postern`. Requests that change something must come from the same origin.',
        },
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An access token with the scope `admin` whose user is an administrator.',
        },
      },
    },
  },
  refResolver: {
    buildLocalReference: (json, _baseUri, _fragment, index) =>
      typeof json['$id'] === 'string' ? json['$id'] : `schema-${index}`,
  },
};
