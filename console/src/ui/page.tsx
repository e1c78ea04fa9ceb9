import { type ReactNode, useEffect } from 'react';
import { useInstance } from '../api/instance.ts';
import styles from './page.module.css';

/** Names the browser's tab after the screen. */
export function usePageTitle(title: string): void {
  const { data: instance } = useInstance();
  const place = instance?.name ?? 'Postern';
  useEffect(() => {
    document.title = title === '' ? place : `${title} · ${place}`;
  }, [title, place]);
}

/** A screen's heading, with what one can do there at its right, above what the screen shows. */
export function Page(props: {
  title: string;
  /** Above the heading, such as the way back. */
  before?: ReactNode;
  /** Beside the heading, at its left. */
  image?: ReactNode;
  /** Under the heading. */
  description?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  const { title, before, image, description, actions, children } = props;
  usePageTitle(title);
  return (
    <div className={styles['page']}>
      <header className={styles['header']}>
        {before && <div className={styles['before']}>{before}</div>}
        {image}
        <div className={styles['titles']}>
          <h1>{title}</h1>
          {description && <div className={styles['description']}>{description}</div>}
        </div>
        {actions && <div className={styles['actions']}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A part of a screen under its own heading, on a card. */
export function Section(props: {
  title: string;
  description?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  const { title, description, actions, children } = props;
  return (
    <section className={styles['section']} aria-label={title}>
      <header className={styles['section-header']}>
        <div className={styles['titles']}>
          <h2>{title}</h2>
          {description && <div className={styles['description']}>{description}</div>}
        </div>
        {actions && <div className={styles['actions']}>{actions}</div>}
      </header>
      {children}
    </section>
  );
}
