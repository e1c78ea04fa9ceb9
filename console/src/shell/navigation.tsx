import { NavLink } from 'react-router';
import { useText } from '../intl/text.ts';
import styles from './navigation.module.css';
import { systemPlaces } from './places.ts';

/** The left navigation; on narrow screens the main menu stands for it. */
export function Navigation() {
  const t = useText();
  return (
    <nav className={styles['navigation']} aria-label={t('shell.setup')}>
      <p className={styles['setup']}>{t('shell.setup')}</p>
      <p className={styles['section']} id="navigation-system">
        {t('shell.system')}
      </p>
      <ul aria-labelledby="navigation-system">
        {systemPlaces.map(({ path, label, Icon }) => (
          <li key={path}>
            <NavLink to={path} className={styles['place'] ?? ''}>
              <Icon />
              {t(label)}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
