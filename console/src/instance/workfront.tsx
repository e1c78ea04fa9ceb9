import { useText } from '../intl/text.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Section } from '../ui/page.tsx';
import { InstanceField } from './field.tsx';
import type { SectionProps } from './form.tsx';
import styles from './instance.module.css';

/** What integrations that were written for Workfront get to see. */
export function WorkfrontSection(section: SectionProps) {
  const t = useText();
  return (
    <Section title={t('instance.workfront')} description={t('instance.workfront_help')}>
      <div className={styles['fields']}>
        <div>
          <InstanceField section={section} name="domain" />
        </div>
        <div>
          <InstanceField section={section} name="lane" />
        </div>
        <div className={styles['copied-field']}>
          <InstanceField section={section} name="customer_id" />
          <CopyButton text={section.draft.customer_id} what={t('field.instance.customer_id')} />
        </div>
      </div>
    </Section>
  );
}
