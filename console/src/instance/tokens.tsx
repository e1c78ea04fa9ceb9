import { NumberField } from '@react-spectrum/s2/NumberField';
import { useText } from '../intl/text.ts';
import { Section } from '../ui/page.tsx';
import type { SectionProps } from './form.tsx';
import styles from './instance.module.css';

const whole = { width: '100%' };

/** How long codes live, and for how long a refresh token that was replaced is still answered. */
export function TokensSection({ draft, mistakes, onChange }: SectionProps) {
  const t = useText();
  return (
    <Section title={t('instance.tokens')}>
      <div className={styles['fields']}>
        <div className={styles['part']}>
          <NumberField
            label={t('instance.grace')}
            description={t('instance.grace_help')}
            isRequired
            value={draft.refresh_token_grace}
            onChange={(refresh_token_grace) => onChange({ refresh_token_grace })}
            isInvalid={mistakes['refresh_token_grace'] !== undefined}
            errorMessage={mistakes['refresh_token_grace']}
            UNSAFE_style={whole}
          />
          <p className={styles['hint']} data-warns={draft.refresh_token_grace === 0}>
            {t('instance.grace_zero')}
          </p>
        </div>
        <div className={styles['part']}>
          <NumberField
            label={t('instance.code_lifetime')}
            description={t('instance.code_lifetime_help')}
            isRequired
            value={draft.authorization_code_lifetime}
            onChange={(authorization_code_lifetime) => onChange({ authorization_code_lifetime })}
            isInvalid={mistakes['authorization_code_lifetime'] !== undefined}
            errorMessage={mistakes['authorization_code_lifetime']}
            UNSAFE_style={whole}
          />
        </div>
      </div>
    </Section>
  );
}
