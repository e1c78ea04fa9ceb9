import { useId } from 'react';
import type { MessageKey } from '../intl/messages.ts';
import { useText } from '../intl/text.ts';
import styles from './type-cards.module.css';

/** A type in words. */
export interface TypeWords {
  readonly label: MessageKey;
  /** What it is for. */
  readonly about: MessageKey;
  /** What it asks of whoever chooses it. */
  readonly fact: MessageKey;
  /** Names that are the same in every language. */
  readonly examples: readonly string[];
}

/**
 * Types as cards, one of which is chosen.
 * @param types in the order of the cards
 */
export function TypeCards<Type extends string>(props: {
  label: MessageKey;
  types: Readonly<Record<Type, TypeWords>>;
  value: Type;
  onChange: (type: Type) => void;
}) {
  const t = useText();
  const name = useId();
  return (
    <fieldset className={styles['cards']}>
      <legend>{t(props.label)}</legend>
      {(Object.keys(props.types) as Type[]).map((type) => {
        const { label, about, fact, examples } = props.types[type];
        const id = `${name}-${type}`;
        return (
          <label key={type} className={styles['card']}>
            <input
              type="radio"
              name={name}
              value={type}
              checked={props.value === type}
              onChange={() => props.onChange(type)}
              aria-labelledby={`${id}-label`}
              aria-describedby={id}
            />
            <span className={styles['label']} id={`${id}-label`}>
              {t(label)}
            </span>
            <span className={styles['about']} id={id}>
              <span>{t(about)}</span>
              <span className={styles['fact']}>{t(fact)}</span>
              {examples.length > 0 && (
                <span className={styles['examples']}>
                  {examples.map((example) => (
                    <span key={example}>{example}</span>
                  ))}
                </span>
              )}
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}
