import styles from './code-block.module.css';
import { CopyButton } from './copy-button.tsx';

/**
 * Text for a terminal or a program's source, with a button that copies it.
 * @param what names it
 * @param wraps breaks long lines, such as a URL, instead of letting them scroll
 */
export function CodeBlock({ text, what, wraps = false }: { text: string; what: string; wraps?: boolean }) {
  return (
    <div className={styles['block']}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section className={styles['text']} tabIndex={0} aria-label={what}>
        <pre className={wraps ? styles['wraps'] : undefined}>
          <code>{text}</code>
        </pre>
      </section>
      <div className={styles['copy']}>
        <CopyButton text={text} what={what} />
      </div>
    </div>
  );
}
