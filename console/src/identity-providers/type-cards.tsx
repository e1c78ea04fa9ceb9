import { useId } from 'react';
import type { ProviderType } from '../api/types.ts';
import styles from '../applications/new/type-cards.module.css';
import { useText } from '../intl/text.ts';
import { providerTypes } from './types.ts';

/** The three types as cards, one of which is chosen. */
export function TypeCards(props: { value: ProviderType; onChange: (type: ProviderType) => void }) {
  const t = useText();
  const name = useId();
  return (
    <fieldset className={styles['cards']}>
      <legend>{t('providers.type')}</legend>
      {(Object.keys(providerTypes) as ProviderType[]).map((type) => {
        const { label, about, needs, examples } = providerTypes[type];
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
              <span className={styles['fact']}>{t(needs)}</span>
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
