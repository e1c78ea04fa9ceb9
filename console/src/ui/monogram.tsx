import styles from './monogram.module.css';

/** A tile with the first letters of a name, for who or what has no picture. Says nothing to screen readers. */
export function Monogram({ name, size = 'medium' }: { name: string; size?: 'small' | 'medium' | 'large' }) {
  return (
    // By way of CSS, so that what it stands in does not seem to be named after the letters.
    <span
      className={`${styles['monogram']} ${styles[size]}`}
      data-initials={initials(name)}
      data-tint={tintOf(name)}
      aria-hidden="true"
    />
  );
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/u);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toLocaleUpperCase();
}

/** The same name has the same colour everywhere. */
function tintOf(name: string): number {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 6;
  return sum;
}
