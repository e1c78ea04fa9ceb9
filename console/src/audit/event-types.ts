import AlertDiamondIcon from '@react-spectrum/s2/icons/AlertDiamond';
import AppsIcon from '@react-spectrum/s2/icons/Apps';
import BuildingIcon from '@react-spectrum/s2/icons/Building';
import HistoryIcon from '@react-spectrum/s2/icons/History';
import KeyIcon from '@react-spectrum/s2/icons/Key';
import LinkIcon from '@react-spectrum/s2/icons/Link';
import LockIcon from '@react-spectrum/s2/icons/Lock';
import UnLinkIcon from '@react-spectrum/s2/icons/UnLink';
import UserIcon from '@react-spectrum/s2/icons/User';
import UserAddIcon from '@react-spectrum/s2/icons/UserAdd';
import UserLockIcon from '@react-spectrum/s2/icons/UserLock';
import type { AuditEvent } from '../api/types.ts';
import type { MessageKey } from '../intl/messages.ts';

/** How an event looks: ordinary, a gain, a loss, or something to look into. */
export type Tone = 'neutral' | 'positive' | 'negative' | 'notice';

interface EventType {
  readonly label: MessageKey;
  readonly Icon: typeof AppsIcon;
  readonly tone: Tone;
}

/** Every type of event that the server writes, as docs/api.md and the OpenAPI document list them. */
export const eventTypes: Record<AuditEvent['type'], EventType> = {
  'application.created': { label: 'audit.type_application_created', Icon: AppsIcon, tone: 'positive' },
  'application.updated': { label: 'audit.type_application_updated', Icon: AppsIcon, tone: 'neutral' },
  'application.deleted': { label: 'audit.type_application_deleted', Icon: AppsIcon, tone: 'negative' },
  'client_secret.added': { label: 'audit.type_client_secret_added', Icon: KeyIcon, tone: 'positive' },
  'client_secret.deleted': { label: 'audit.type_client_secret_deleted', Icon: KeyIcon, tone: 'negative' },
  'public_key.added': { label: 'audit.type_public_key_added', Icon: KeyIcon, tone: 'positive' },
  'public_key.deleted': { label: 'audit.type_public_key_deleted', Icon: KeyIcon, tone: 'negative' },
  'user.created': { label: 'audit.type_user_created', Icon: UserAddIcon, tone: 'positive' },
  'user.updated': { label: 'audit.type_user_updated', Icon: UserIcon, tone: 'neutral' },
  'user.deleted': { label: 'audit.type_user_deleted', Icon: UserIcon, tone: 'negative' },
  'login.succeeded': { label: 'audit.type_login_succeeded', Icon: UserIcon, tone: 'neutral' },
  'login.failed': { label: 'audit.type_login_failed', Icon: UserLockIcon, tone: 'notice' },
  'login.locked': { label: 'audit.type_login_locked', Icon: LockIcon, tone: 'negative' },
  'client.limited': { label: 'audit.type_client_limited', Icon: LockIcon, tone: 'negative' },
  'session.ended': { label: 'audit.type_session_ended', Icon: UserIcon, tone: 'neutral' },
  'authorization.granted': { label: 'audit.type_authorization_granted', Icon: LinkIcon, tone: 'positive' },
  'authorization.revoked': { label: 'audit.type_authorization_revoked', Icon: UnLinkIcon, tone: 'negative' },
  'refresh_token.reused': {
    label: 'audit.type_refresh_token_reused',
    Icon: AlertDiamondIcon,
    tone: 'negative',
  },
  'authorization_code.reused': {
    label: 'audit.type_authorization_code_reused',
    Icon: AlertDiamondIcon,
    tone: 'negative',
  },
  'signing_key.rotated': { label: 'audit.type_signing_key_rotated', Icon: KeyIcon, tone: 'neutral' },
  'instance.created': { label: 'audit.type_instance_created', Icon: BuildingIcon, tone: 'positive' },
  'instance.updated': { label: 'audit.type_instance_updated', Icon: BuildingIcon, tone: 'neutral' },
  'api.created': { label: 'audit.type_api_created', Icon: AppsIcon, tone: 'positive' },
  'api.updated': { label: 'audit.type_api_updated', Icon: AppsIcon, tone: 'neutral' },
  'api.deleted': { label: 'audit.type_api_deleted', Icon: AppsIcon, tone: 'negative' },
  'identity_provider.created': {
    label: 'audit.type_identity_provider_created',
    Icon: LinkIcon,
    tone: 'positive',
  },
  'identity_provider.updated': {
    label: 'audit.type_identity_provider_updated',
    Icon: LinkIcon,
    tone: 'neutral',
  },
  'identity_provider.deleted': {
    label: 'audit.type_identity_provider_deleted',
    Icon: UnLinkIcon,
    tone: 'negative',
  },
  'identity.linked': { label: 'audit.type_identity_linked', Icon: LinkIcon, tone: 'positive' },
  'identity.unlinked': { label: 'audit.type_identity_unlinked', Icon: UnLinkIcon, tone: 'negative' },
  'scim_token.added': { label: 'audit.type_scim_token_added', Icon: KeyIcon, tone: 'positive' },
  'scim_token.deleted': { label: 'audit.type_scim_token_deleted', Icon: KeyIcon, tone: 'negative' },
};

/** How an event of this type looks; undefined for one that this console is too old to know. */
export function eventType(type: string): EventType | undefined {
  return Object.hasOwn(eventTypes, type) ? eventTypes[type as AuditEvent['type']] : undefined;
}

/** Stands for a type that this console is too old to know. */
export const UnknownEventIcon = HistoryIcon;
