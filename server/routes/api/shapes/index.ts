/** The shapes of answers, field by field: what is not written here never leaves. Descriptions become those of the OpenAPI document. */

import { ProblemSchema } from '../http/schema.ts';
import { ApiSchema } from './api.ts';
import { ApplicationSchema, ListedApplicationSchema, NewApplicationSchema } from './application.ts';
import { AuditEventSchema } from './audit-event.ts';
import { AuthorizationSchema } from './authorization.ts';
import { NewClientSecretSchema, PublicKeySchema } from './credentials.ts';
import { IdentityProviderSchema } from './identity-provider.ts';
import { InstanceSchema } from './instance.ts';
import { NewScimTokenSchema, ScimTokenSchema } from './scim-token.ts';
import { IdentitySchema, UserSchema } from './user.ts';

/** Shared by reference in the OpenAPI document. */
export const sharedSchemas = [
  ApiSchema,
  ProblemSchema,
  InstanceSchema,
  NewClientSecretSchema,
  PublicKeySchema,
  ApplicationSchema,
  ListedApplicationSchema,
  NewApplicationSchema,
  AuthorizationSchema,
  IdentitySchema,
  UserSchema,
  IdentityProviderSchema,
  ScimTokenSchema,
  NewScimTokenSchema,
  AuditEventSchema,
];
