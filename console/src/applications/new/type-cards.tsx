import { useId } from 'react';
import type { ApplicationType } from '../../api/types.ts';
import { useText } from '../../intl/text.ts';
import { applicationTypes } from '../types.ts';
import styles from './type-cards.module.css';

const order: readonly ApplicationType[] = ['machine', 'spa', 'web'];

/** The three types as cards, one of which is chosen. */
export function TypeCards(props: { value: ApplicationType; onChange: (type: ApplicationType) => void }) {
  const t = useText();
  const name = useId();
  return (
    <fieldset className={styles['cards']}>
      <legend>{t('applications.type')}</legend>
      {order.map((type) => {
        const { label, bestFor, authentication, examples } = applicationTypes[type];
        const about = `${name}-${type}`;
        return (
          <label key={type} className={styles['card']}>
            <input
              type="radio"
              name={name}
              value={type}
              checked={props.value === type}
              onChange={() => props.onChange(type)}
              aria-labelledby={`${about}-label`}
              aria-describedby={about}
            />
            <span className={styles['label']} id={`${about}-label`}>
              {t(label)}
            </span>
            <span className={styles['about']} id={about}>
              <span>{t(bestFor)}</span>
              <span className={styles['fact']}>{t(authentication)}</span>
              <span className={styles['examples']}>
                {examples.map((example) => (
                  <span key={example}>{example}</span>
                ))}
              </span>
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}
