import type { Static } from 'typebox';
import { locales, roles } from '../../accounts/user.ts';
import { applicationTypes } from '../../registry/application.ts';
import { auditEventTypes } from '../../store/audit-events.ts';
import Type from './schema-builders.ts';
import { nullable, oneOf } from './validation.ts';

/** The shapes of answers. Descriptions here become those of the OpenAPI document. */

export const IdText = (description: string) => Type.String({ pattern: '^[0-9a-f]{32}$', description });
const nullableId = (description: string) =>
  nullable<string>({ type: 'string', pattern: '^[0-9a-f]{32}$', description });
const time = (description: string) => Type.String({ format: 'date-time', description });
const nullableTime = (description: string) =>
  nullable<string>({ type: 'string', format: 'date-time', description });
const nullableText = (description: string) => nullable<string>({ type: 'string', description });
const lifetime = (description: string) => nullable<number>({ type: 'integer', description });

export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: 'Always about:blank; code tells the kinds apart' }),
    title: Type.String({ description: 'The status in words' }),
    status: Type.Integer(),
    detail: Type.String({ description: 'A sentence for people' }),
    code: Type.String({ description: 'Stable; docs/api.md lists them' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          path: Type.String({ description: 'The field, such as name or redirect_uris.0' }),
          message: Type.String(),
        }),
      ),
    ),
  },
  { $id: 'Problem', description: 'RFC 9457' },
);

export const ScopeSchema = Type.Object(
  {
    name: Type.String(),
    description: Type.String({ description: 'What people read on the authorization page' }),
    default: Type.Boolean({ description: 'Granted when a request names no scope' }),
  },
  { $id: 'Scope' },
);

export const InstanceSchema = Type.Object(
  {
    id: IdText('The instance'),
    name: Type.String(),
    url: Type.String({ description: 'Public base URL and issuer identifier' }),
    domain: Type.String({ description: 'Sent with redirects of the Workfront profile' }),
    lane: Type.String({ description: 'Sent with redirects of the Workfront profile' }),
    customer_id: Type.String({ description: 'What iss may be in JWT exchanges of the Workfront profile' }),
    max_applications: Type.Integer({ description: 'The operator changes it on the command line' }),
    refresh_token_grace: Type.Integer({
      description: 'Seconds in which the refresh token spent last still gives its successor',
    }),
    authorization_code_lifetime: Type.Integer({ description: 'Seconds' }),
    scopes: Type.Array(Type.Object({ ...ScopeSchema.properties })),
    created_at: time('When it was made'),
  },
  { $id: 'Instance' },
);

export const ClientSecretSchema = Type.Object(
  {
    id: IdText('The secret'),
    hint: Type.String({ description: 'The last four characters' }),
    created_at: time('When it was added'),
    last_used_at: nullableTime('When a client last authenticated with it'),
  },
  { $id: 'ClientSecret' },
);

export const NewClientSecretSchema = Type.Object(
  {
    id: IdText('The secret'),
    client_secret: Type.String({ description: 'Shown this once' }),
    hint: Type.String({ description: 'The last four characters' }),
    created_at: time('When it was added'),
  },
  { $id: 'NewClientSecret' },
);

export const PublicKeySchema = Type.Object(
  {
    id: IdText('The key'),
    kid: Type.String({ description: 'What kid must be in an assertion that has one' }),
    name: Type.String(),
    algorithm: Type.String({ description: 'RS256 (also verifies PS256), ES256, ES384 or EdDSA' }),
    thumbprint: Type.String({ description: 'RFC 7638, SHA-256' }),
    not_after: nullableTime('End of validity of the certificate that it came in'),
    acts_as_user_id: nullableId('The user for whom JWT-bearer assertions by this key may ask'),
    created_by: nullableId('Who added it; null: the command line'),
    created_at: time('When it was added'),
    last_used_at: nullableTime('When an assertion by it was last accepted'),
  },
  { $id: 'PublicKey' },
);

const notMachine = 'Not for the type machine.';
const notSpa = 'Not for the type spa.';

export const ApplicationSchema = Type.Object(
  {
    id: IdText('The application'),
    type: oneOf(applicationTypes),
    client_id: IdText('What the client calls itself'),
    name: Type.String(),
    description: nullableText('What it is for'),
    enabled: Type.Boolean({ description: 'false: nobody can use it, and its tokens are inactive' }),
    redirect_uris: Type.Optional(Type.Array(Type.String(), { description: notMachine })),
    require_pkce: Type.Optional(Type.Boolean({ description: `Always true for the type spa. ${notMachine}` })),
    scopes: Type.Array(Type.String(), { description: 'What it may ask for' }),
    access_token_lifetime: Type.Integer({ description: 'Seconds' }),
    refresh_token_rotation: Type.Optional(
      Type.Boolean({ description: `A new refresh token at every use. ${notMachine}` }),
    ),
    refresh_token_absolute_lifetime: Type.Optional(
      lifetime(`Seconds since the authorization; null: no expiration. ${notMachine}`),
    ),
    refresh_token_inactivity_lifetime: Type.Optional(
      lifetime(`Seconds since the user was last active; null: no expiration. ${notMachine}`),
    ),
    client_uri: Type.Optional(nullableText(`App description URL. ${notMachine}`)),
    policy_uri: Type.Optional(nullableText(`Privacy policy URL. ${notMachine}`)),
    developer_name: Type.Optional(nullableText(notMachine)),
    developer_email: Type.Optional(nullableText(notMachine)),
    logo_uri: Type.Optional(nullableText(`Where the logo is served. ${notMachine}`)),
    can_introspect: Type.Optional(
      Type.Boolean({ description: `May introspect the tokens of every application. ${notSpa}` }),
    ),
    secrets: Type.Optional(
      Type.Array(Type.Object({ ...ClientSecretSchema.properties }), { description: notSpa }),
    ),
    public_keys: Type.Optional(
      Type.Array(Type.Object({ ...PublicKeySchema.properties }), { description: notSpa }),
    ),
    created_by: nullableId('Who registered it; null: the command line'),
    created_at: time('When it was registered'),
    updated_at: time('When a field was last changed'),
    last_used_at: nullableTime('When it was last given a token'),
  },
  { $id: 'Application' },
);

export const ListedApplicationSchema = Type.Object(
  {
    ...ApplicationSchema.properties,
    user_count: Type.Optional(
      Type.Integer({ description: 'How many users it has; only when the request includes it' }),
    ),
  },
  { $id: 'ListedApplication' },
);

export const NewApplicationSchema = Type.Object(
  {
    ...ApplicationSchema.properties,
    client_secret: Type.Optional(Type.String({ description: `Shown this once. ${notSpa}` })),
  },
  { $id: 'NewApplication' },
);

export const AuthorizationSchema = Type.Object(
  {
    id: IdText('The authorization'),
    application: Type.Object({ id: IdText('The application'), name: Type.String() }),
    user: Type.Object({ id: IdText('The user'), name: Type.String(), email: Type.String() }),
    scopes: Type.Array(Type.String()),
    created_at: time('When the user gave it'),
    last_used_at: nullableTime('When the application last refreshed its tokens'),
    expires_at: nullableTime('When it ends if nothing happens before'),
    expires_because: oneOf(['absolute', 'inactivity', null], {
      description: 'Which expiration of the application that is',
    }),
  },
  { $id: 'Authorization' },
);

export const UserSchema = Type.Object(
  {
    id: IdText('The user'),
    email: Type.String(),
    name: Type.String(),
    role: oneOf(roles),
    active: Type.Boolean({
      description: 'false: cannot sign in, and what they gave applications is inactive',
    }),
    locale: oneOf([...locales, null], {
      description: 'The language of their pages; null: as the browser says',
    }),
    last_active_at: nullableTime('The last sign-in or use of a browser session'),
    created_at: time('When the user was added'),
  },
  { $id: 'User' },
);

export const AuditEventSchema = Type.Object(
  {
    id: IdText('The event'),
    time: time('When it happened'),
    type: oneOf(auditEventTypes),
    actor: Type.Object({
      type: oneOf(['user', 'application', 'system']),
      id: nullableId('Who did it; null: the server or its command line'),
    }),
    application_id: nullableId('The application that it is about'),
    user_id: nullableId('The user whom it concerns'),
    ip: nullableText('Where the request came from'),
    detail: Type.Record(Type.String(), Type.Unknown(), {
      description: 'More, depending on the type; never anything secret',
    }),
  },
  { $id: 'AuditEvent' },
);

export type ApplicationView = Static<typeof ApplicationSchema>;
export type AuditEventView = Static<typeof AuditEventSchema>;
export type AuthorizationViewSchema = Static<typeof AuthorizationSchema>;
export type ClientSecretView = Static<typeof ClientSecretSchema>;
export type InstanceView = Static<typeof InstanceSchema>;
export type NewClientSecretView = Static<typeof NewClientSecretSchema>;
export type PublicKeyView = Static<typeof PublicKeySchema>;
export type UserView = Static<typeof UserSchema>;

/** Shared by reference in the OpenAPI document. */
export const sharedSchemas = [
  ProblemSchema,
  InstanceSchema,
  NewClientSecretSchema,
  PublicKeySchema,
  ApplicationSchema,
  ListedApplicationSchema,
  NewApplicationSchema,
  AuthorizationSchema,
  UserSchema,
  AuditEventSchema,
];

/** A shared schema, by its name. */
export function ref(name: string) {
  return Type.Unsafe<unknown>({ $ref: `${name}#` });
}

/** A page of a list. */
export function listOf(name: string, more: Record<string, ReturnType<typeof Type.Integer>> = {}) {
  return Type.Object({
    data: Type.Array(ref(name)),
    next_cursor: nullableText('Send it as cursor for the next page; null: this was the last'),
    ...more,
  });
}

const reasons: Record<number, string> = {
  400: 'The body is not well-formed JSON, or the path or query cannot be read',
  401: 'Not signed in, or the access token is not good',
  403: 'Signed in, but not allowed',
  404: 'There is no such thing in this instance',
  409: 'A limit or another state of things is in the way',
  413: 'The body is too large',
  415: 'The body is of another kind than this call takes',
  421: 'The host name is not that of an instance',
  422: 'A field or parameter is wrong; errors names it',
  429: 'Too many tries; Retry-After says when to come back',
  500: 'Something went wrong on the server',
  503: 'The database cannot be reached; Retry-After says when to try again',
};

/** The problem documents that a call may answer with, besides those that any call may. */
export function problems(...statuses: number[]): Record<number, unknown> {
  const all = [400, 401, 403, ...statuses, 421, 500, 503];
  return Object.fromEntries(
    all.map((status) => [
      status,
      {
        description: reasons[status],
        content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
      },
    ]),
  );
}

/** An answer of that shape. */
export function answer(description: string, schema: unknown): unknown {
  return { description, content: { 'application/json': { schema } } };
}

/** A 204. */
export const nothing = { description: 'Done', type: 'null' } as const;
