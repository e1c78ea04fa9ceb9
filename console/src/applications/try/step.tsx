import type { ReactNode } from 'react';
import styles from './try.module.css';

/** One step of a trial. What comes later shows its title and what it is about, and nothing to press. */
export function Step(props: {
  number: number;
  title: string;
  text: ReactNode;
  state: 'later' | 'current' | 'done';
  children?: ReactNode;
}) {
  const { number, title, text, state, children } = props;
  return (
    <li
      className={styles['step']}
      data-later={state === 'later' || undefined}
      data-done={state === 'done' || undefined}
      aria-current={state === 'current' ? 'step' : undefined}
    >
      <div>
        <h2 className={styles['title']}>
          <span className={styles['number']}>{number}</span>
          {title}
        </h2>
        <div className={styles['text']}>{text}</div>
      </div>
      {state !== 'later' && children}
    </li>
  );
}
