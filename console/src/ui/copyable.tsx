import { CopyButton } from './copy-button.tsx';
import styles from './copyable.module.css';

/** A value for programs, such as an ID or a URL, with a button that copies it. */
export function Copyable({ text, what, short = false }: { text: string; what: string; short?: boolean }) {
  return (
    <span className={styles['copyable']}>
      <code className={short ? styles['short'] : styles['whole']}>{text}</code>
      <CopyButton text={text} what={what} />
    </span>
  );
}
