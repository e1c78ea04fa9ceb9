import { useText } from '../intl/text.ts';
import { Section } from '../ui/page.tsx';
import { InstanceField } from './field.tsx';
import type { SectionProps } from './form.tsx';
import styles from './instance.module.css';

/** How long codes live, and for how long a refresh token that was replaced is still answered. */
export function TokensSection(section: SectionProps) {
  const t = useText();
  return (
    <Section title={t('instance.tokens')}>
      <div className={styles['fields']}>
        <div className={styles['part']}>
          <InstanceField section={section} name="refresh_token_grace" />
          <p className={styles['hint']} data-warns={section.draft.refresh_token_grace === 0}>
            {t('instance.grace_zero')}
          </p>
        </div>
        <div className={styles['part']}>
          <InstanceField section={section} name="authorization_code_lifetime" />
        </div>
      </div>
    </Section>
  );
}
