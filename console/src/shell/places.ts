import AppsIcon from '@react-spectrum/s2/icons/Apps';
import BuildingIcon from '@react-spectrum/s2/icons/Building';
import DataIcon from '@react-spectrum/s2/icons/Data';
import HistoryIcon from '@react-spectrum/s2/icons/History';
import LinkIcon from '@react-spectrum/s2/icons/Link';
import UserGroupIcon from '@react-spectrum/s2/icons/UserGroup';
import type { MessageKey } from '../intl/messages.ts';

interface Place {
  readonly path: string;
  readonly label: MessageKey;
  readonly Icon: typeof AppsIcon;
}

/** What *Setup* > *System* holds. */
export const systemPlaces: readonly Place[] = [
  { path: '/applications', label: 'shell.applications', Icon: AppsIcon },
  { path: '/users', label: 'shell.users', Icon: UserGroupIcon },
  { path: '/identity-providers', label: 'shell.identity_providers', Icon: LinkIcon },
  { path: '/apis', label: 'shell.apis', Icon: DataIcon },
  { path: '/audit-log', label: 'shell.audit_log', Icon: HistoryIcon },
  { path: '/instance', label: 'shell.instance', Icon: BuildingIcon },
];
