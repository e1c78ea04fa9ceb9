import type { ReactNode } from 'react';
import styles from './act.module.css';

/** Says what can be done, beside the button that does it. */
export function Act(props: { title?: string; text: ReactNode; children: ReactNode }) {
  const { title, text, children } = props;
  return (
    <div className={styles['act']}>
      <div>
        {title !== undefined && <h3>{title}</h3>}
        <p>{text}</p>
      </div>
      {children}
    </div>
  );
}
