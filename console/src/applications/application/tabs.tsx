import { NavLink } from 'react-router';
import type { Application } from '../../api/types.ts';
import type { MessageKey } from '../../intl/messages.ts';
import { useText } from '../../intl/text.ts';
import styles from './application.module.css';

const tabs: readonly { path: string; label: MessageKey }[] = [
  { path: 'settings', label: 'applications.tab_settings' },
  { path: 'credentials', label: 'applications.tab_credentials' },
  { path: 'connect', label: 'applications.tab_connect' },
  { path: 'try', label: 'applications.tab_try' },
  { path: 'users', label: 'applications.tab_users' },
  { path: 'activity', label: 'applications.tab_activity' },
];

/** Links that look like tabs: each has its own address, can be opened in another window, and works with Back. */
export function ApplicationTabs({ application }: { application: Application }) {
  const t = useText();
  return (
    <nav className={styles['tabs']} aria-label={t('applications.tabs', { name: application.name })}>
      {tabs.map(({ path, label }) => (
        <NavLink key={path} to={path} className={styles['tab'] ?? ''}>
          {t(label)}
        </NavLink>
      ))}
    </nav>
  );
}
