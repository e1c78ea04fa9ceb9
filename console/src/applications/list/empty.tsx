import type { ReactNode } from 'react';
import { useText } from '../../intl/text.ts';
import { applicationTypes } from '../types.ts';
import styles from './list.module.css';

/** What an application is, where there is none yet. */
export function EmptyList({ action }: { action: ReactNode }) {
  const t = useText();
  return (
    <div className={styles['empty']}>
      <h2>{t('applications.empty_title')}</h2>
      <p>{t('applications.empty_text')}</p>
      <ul>
        {Object.entries(applicationTypes).map(([type, { label, about }]) => (
          <li key={type}>
            <strong>{t(label)}</strong>
            <span>{t(about)}</span>
          </li>
        ))}
      </ul>
      {action}
    </div>
  );
}
