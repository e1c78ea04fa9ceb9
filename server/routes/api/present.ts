import type { User } from '../../accounts/user.ts';
import type { Client, ClientSecret, PublicKey } from '../../registry/application.ts';
import { typesOfName } from '../../registry/application-fields.ts';
import type { Instance } from '../../registry/instance.ts';
import { logoUri } from '../../registry/logos.ts';
import type { AuditEvent } from '../../store/audit-events.ts';
import type { AuthorizationView } from '../../store/authorizations.ts';
import { type Instant, toRfc3339 } from '../../units.ts';
import type {
  ApplicationView,
  AuditEventView,
  AuthorizationViewSchema,
  ClientSecretView,
  InstanceView,
  NewClientSecretView,
  PublicKeyView,
  UserView,
} from './schemas.ts';

/** Answers, field by field: what is not written here never leaves. */

/** The instance; what it counts and locks by stays here. */
export function presentInstance(instance: Instance): InstanceView {
  return {
    id: instance.id,
    name: instance.name,
    url: instance.url,
    domain: instance.domain,
    lane: instance.lane,
    customer_id: instance.customerId,
    max_applications: instance.maxApplications,
    refresh_token_grace: instance.refreshTokenGrace,
    authorization_code_lifetime: instance.authorizationCodeLifetime,
    scopes: instance.scopes.map((scope) => ({
      name: scope.name,
      description: scope.description,
      default: scope.default,
    })),
    created_at: toRfc3339(instance.createdAt),
  };
}

/** An application without the fields that do not belong to its type. */
export function presentApplication(
  instance: Instance,
  { application, secrets, publicKeys }: Client,
): ApplicationView {
  const { type } = application;
  const view: ApplicationView = {
    id: application.id,
    type,
    client_id: application.clientId,
    name: application.name,
    description: application.description,
    enabled: application.enabled,
    redirect_uris: [...application.redirectUris],
    require_pkce: application.requirePkce,
    scopes: [...application.scopes],
    access_token_lifetime: application.accessTokenLifetime,
    refresh_token_rotation: application.refreshTokenRotation,
    refresh_token_absolute_lifetime: application.refreshTokenAbsoluteLifetime,
    refresh_token_inactivity_lifetime: application.refreshTokenInactivityLifetime,
    client_uri: application.clientUri,
    policy_uri: application.policyUri,
    developer_name: application.developerName,
    developer_email: application.developerEmail,
    logo_uri: logoUri(instance, application),
    can_introspect: application.canIntrospect,
    secrets: secrets.map(presentClientSecret),
    public_keys: publicKeys.map(presentPublicKey),
    created_by: application.createdBy,
    created_at: toRfc3339(application.createdAt),
    updated_at: toRfc3339(application.updatedAt),
    last_used_at: presentTime(application.lastUsedAt),
  };
  return Object.fromEntries(
    Object.entries(view).filter(([name]) => typesOfName.get(name)?.includes(type) ?? true),
  ) as unknown as ApplicationView;
}

function presentClientSecret(secret: ClientSecret): ClientSecretView {
  return {
    id: secret.id,
    hint: secret.hint,
    created_at: toRfc3339(secret.createdAt),
    last_used_at: presentTime(secret.lastUsedAt),
  };
}

/**
 * The one answer that holds a client secret.
 * @param clientSecret in clear, as it was made a moment ago
 */
export function presentNewClientSecret(secret: ClientSecret, clientSecret: string): NewClientSecretView {
  return {
    id: secret.id,
    client_secret: clientSecret,
    hint: secret.hint,
    created_at: toRfc3339(secret.createdAt),
  };
}

/** A public key without the key itself, which the thumbprint (RFC 7638) stands for. */
export function presentPublicKey(key: PublicKey): PublicKeyView {
  return {
    id: key.id,
    kid: key.kid,
    name: key.name,
    algorithm: key.algorithm,
    thumbprint: key.thumbprint,
    not_after: presentTime(key.notAfter),
    acts_as_user_id: key.actsAsUserId,
    created_by: key.createdBy,
    created_at: toRfc3339(key.createdAt),
    last_used_at: presentTime(key.lastUsedAt),
  };
}

/** An authorization with the names of its application and user, and when and why it ends by the policy of this moment. */
export function presentAuthorization(authorization: AuthorizationView): AuthorizationViewSchema {
  const { application, user } = authorization;
  return {
    id: authorization.id,
    application: { id: application.id, name: application.name },
    user: { id: user.id, name: user.name, email: user.email },
    scopes: [...authorization.scopes],
    created_at: toRfc3339(authorization.createdAt),
    last_used_at: presentTime(authorization.lastUsedAt),
    expires_at: presentTime(authorization.expiresAt),
    expires_because: authorization.expiresBecause,
  };
}

/** A user without anything of the password. */
export function presentUser(user: User): UserView {
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    role: user.role,
    active: user.active,
    locale: user.locale,
    last_active_at: presentTime(user.lastActiveAt),
    created_at: toRfc3339(user.createdAt),
  };
}

/** An audit event; `detail` was made for readers when it was written. */
export function presentAuditEvent(event: AuditEvent): AuditEventView {
  return {
    id: event.id,
    time: toRfc3339(event.time),
    type: event.type,
    actor: { type: event.actor.type, id: event.actor.id },
    application_id: event.applicationId,
    user_id: event.userId,
    ip: event.ip,
    detail: event.detail,
  };
}

function presentTime(instant: Instant | null): string | null {
  return instant === null ? null : toRfc3339(instant);
}
