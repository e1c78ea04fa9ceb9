import type { ReactNode } from 'react';
import { type IntlShape, useIntl } from 'react-intl';
import type { AuditEvent } from '../api/types.ts';
import { formatDuration } from '../intl/duration.ts';
import type { Text } from '../intl/text.ts';
import { useText } from '../intl/text.ts';
import { changedFields, heldUpSeconds, textOf } from './detail.ts';
import { Actor, ApplicationName, ClientName, Name, UserName } from './names.tsx';

/** An event as a sentence in the user's language. A type that nobody has words for is named as it is. */
export function EventSentence({ event }: { event: AuditEvent }) {
  const t = useText();
  const intl = useIntl();
  return <>{sentence(t, intl, event)}</>;
}

function sentence(t: Text, intl: IntlShape, event: AuditEvent): ReactNode {
  const provider = <Name>{textOf(event, 'provider')}</Name>;
  // A directory is nobody here, and its provider is named instead.
  const actor = textOf(event, 'via') === 'scim' ? provider : <Actor actor={event.actor} />;
  const user = <UserName id={event.user_id} />;
  const application = <ApplicationName id={event.application_id} />;
  switch (event.type) {
    case 'application.created':
      return t.rich('audit.application_created', { actor, application });
    case 'application.updated':
      return applicationUpdated(t, event, { actor, application });
    case 'application.deleted':
      return t.rich('audit.application_deleted', { actor, application });
    case 'client_secret.added':
      return t.rich('audit.client_secret_added', { actor, application });
    case 'client_secret.deleted':
      return t.rich('audit.client_secret_deleted', { actor, application });
    case 'public_key.added':
      return t.rich('audit.public_key_added', { actor, application });
    case 'public_key.deleted':
      return t.rich('audit.public_key_deleted', { actor, application });
    case 'user.created':
      return t.rich('audit.user_created', { actor, user });
    case 'user.deleted':
      return t.rich('audit.user_deleted', { actor, user });
    case 'user.updated':
      return userUpdated(t, event, { actor, user });
    case 'login.succeeded':
      if (textOf(event, 'provider') !== undefined)
        return t.rich('audit.login_succeeded_by_provider', { user, provider });
      return event.detail['during'] === undefined
        ? t.rich('audit.login_succeeded', { user })
        : t.rich('audit.password_confirmed', { user });
    case 'login.failed':
      return signInFailed(t, event, user);
    case 'login.locked':
      return signInLocked(t, intl, event, user);
    case 'client.limited':
      return clientLimited(t, intl, event);
    case 'session.ended':
      return sessionEnded(t, event, { actor, user });
    case 'authorization.granted':
      return t.rich('audit.authorization_granted', { user, application });
    case 'authorization.revoked':
      return authorizationRevoked(t, event, { actor, user, application });
    case 'refresh_token.reused':
      return t.rich('audit.refresh_token_reused', { user, application });
    case 'authorization_code.reused':
      return t.rich('audit.authorization_code_reused', { user, application });
    case 'signing_key.rotated':
      return event.detail['dropped_kid'] === undefined
        ? t.rich('audit.signing_key_rotated', { actor })
        : t.rich('audit.signing_key_dropped', { actor });
    case 'instance.created':
      return t.rich('audit.instance_created', { actor, name: <Name>{textOf(event, 'name')}</Name> });
    case 'instance.updated':
      return changedFields(event).join() === 'scopes'
        ? t.rich('audit.instance_scopes_changed', { actor })
        : t.rich('audit.instance_updated', { actor });
    case 'api.created':
      return t.rich('audit.api_created', { actor, name: <Name>{textOf(event, 'name')}</Name> });
    case 'api.updated':
      return t.rich('audit.api_updated', { actor, name: <Name>{textOf(event, 'name')}</Name> });
    case 'api.deleted':
      return t.rich('audit.api_deleted', { actor, name: <Name>{textOf(event, 'name')}</Name> });
    case 'identity_provider.created':
      return t.rich('audit.identity_provider_created', { actor, provider });
    case 'identity_provider.updated':
      return t.rich('audit.identity_provider_updated', { actor, provider });
    case 'identity_provider.deleted':
      return t.rich('audit.identity_provider_deleted', { actor, provider });
    case 'identity.linked':
      return t.rich('audit.identity_linked', { user, provider });
    case 'identity.unlinked':
      return t.rich('audit.identity_unlinked', { actor, user, provider });
    case 'scim_token.added':
      return t.rich('audit.scim_token_added', { actor, provider });
    case 'scim_token.deleted':
      return t.rich('audit.scim_token_deleted', { actor, provider });
    default:
      return t.rich('audit.other_event', { actor, type: <code>{event['type'] as string}</code> });
  }
}

function applicationUpdated(t: Text, event: AuditEvent, names: Record<'actor' | 'application', ReactNode>) {
  const changed = changedFields(event);
  if (changed.length === 1 && changed[0] === 'logo_uri') return t.rich('audit.logo_changed', names);
  const after = event.detail['after'] as { enabled?: unknown } | undefined;
  if (changed.length === 1 && after?.enabled === true) return t.rich('audit.application_enabled', names);
  if (changed.length === 1 && after?.enabled === false) return t.rich('audit.application_disabled', names);
  return t.rich('audit.application_updated', names);
}

function userUpdated(t: Text, event: AuditEvent, names: Record<'actor' | 'user', ReactNode>) {
  const { active, role } = event.detail;
  const changed = changedFields(event);
  const bySelf = isBySelf(event);
  if (active === true) return t.rich('audit.user_activated', names);
  if (active === false) return t.rich('audit.user_deactivated', names);
  if (role === 'administrator') return t.rich('audit.user_promoted', names);
  if (role === 'user') return t.rich('audit.user_demoted', names);
  if (changed.length === 1 && changed[0] === 'password')
    return bySelf ? t.rich('audit.password_changed', names) : t.rich('audit.password_set', names);
  return bySelf ? t.rich('audit.user_updated_self', names) : t.rich('audit.user_updated', names);
}

function signInFailed(t: Text, event: AuditEvent, user: ReactNode) {
  const email = textOf(event, 'email');
  const provider = textOf(event, 'provider');
  if (provider !== undefined)
    return t.rich('audit.login_failed_by_provider', { provider: <Name>{provider}</Name> });
  // Who is signed in already is the actor: it was a confirmation that failed.
  if (event.actor.type === 'user') return t.rich('audit.password_not_confirmed', { user });
  if (event.user_id !== null) return t.rich('audit.login_failed', { user });
  if (email !== undefined) return t.rich('audit.login_failed_unknown', { email: <Name>{email}</Name> });
  return t('audit.login_failed_nobody');
}

function signInLocked(t: Text, intl: IntlShape, event: AuditEvent, user: ReactNode) {
  // Postern 0.1 had no other type for clients.
  if (event.detail['limit'] === 'client_and_address') return clientLimited(t, intl, event);
  const duration = formatDuration(intl, heldUpSeconds(event));
  const ip = <Name>{event.ip}</Name>;
  const email = textOf(event, 'email');
  if (event.detail['limit'] === 'address') return t.rich('audit.login_locked_address', { ip, duration });
  if (event.user_id !== null) return t.rich('audit.login_locked', { user, duration });
  if (email !== undefined)
    return t.rich('audit.login_locked_unknown', { email: <Name>{email}</Name>, duration });
  return t.rich('audit.login_locked_address', { ip, duration });
}

function clientLimited(t: Text, intl: IntlShape, event: AuditEvent) {
  const duration = formatDuration(intl, heldUpSeconds(event));
  const ip = <Name>{event.ip}</Name>;
  const clientId = textOf(event, 'client_id');
  if (clientId !== undefined)
    return t.rich('audit.client_locked', { client: <ClientName clientId={clientId} />, ip, duration });
  if (event.detail['limit'] === 'address') return t.rich('audit.client_locked_address', { ip, duration });
  return t.rich('audit.client_locked_unknown', { ip, duration });
}

function sessionEnded(t: Text, event: AuditEvent, { actor, user }: Record<'actor' | 'user', ReactNode>) {
  const sessions = typeof event.detail['sessions'] === 'number' ? event.detail['sessions'] : 1;
  switch (event.detail['because']) {
    case 'signed_out':
      return t.rich('audit.session_signed_out', { user });
    case 'password_changed':
      return t.rich('audit.session_ended_password_changed', { user, sessions });
    case 'user_deactivated':
      return t.rich('audit.session_ended_user_deactivated', { user, sessions });
    case 'user_deleted':
      return t.rich('audit.session_ended_user_deleted', { user, sessions });
    case 'role_lost':
      return t.rich('audit.session_ended_role_lost', { user, sessions });
    case 'identity_unlinked':
      return t.rich('audit.session_ended_identity_unlinked', { user, sessions });
  }
  return isBySelf(event)
    ? t.rich('audit.session_ended_self', { user, sessions })
    : t.rich('audit.session_ended_by', { actor, user, sessions });
}

function authorizationRevoked(
  t: Text,
  event: AuditEvent,
  names: Record<'actor' | 'user' | 'application', ReactNode>,
) {
  switch (event.detail['because']) {
    case 'refresh_token_reused':
      return t.rich('audit.authorization_ended_token_reused', names);
    case 'authorization_code_reused':
      return t.rich('audit.authorization_ended_code_reused', names);
    case 'user_deleted':
      return t.rich('audit.authorization_ended_user_deleted', names);
    case 'role_lost':
      return t.rich('audit.authorization_ended_role_lost', names);
  }
  if (event.actor.type === 'application') return t.rich('audit.authorization_ended_by_client', names);
  if (isBySelf(event)) return t.rich('audit.authorization_ended_self', names);
  return t.rich('audit.authorization_ended_by', names);
}

function isBySelf(event: AuditEvent): boolean {
  return event.actor.type === 'user' && event.actor.id === event.user_id;
}
