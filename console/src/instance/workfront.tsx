import { TextField } from '@react-spectrum/s2/TextField';
import type { ReactNode } from 'react';
import { useText } from '../intl/text.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Section } from '../ui/page.tsx';
import type { SectionProps } from './form.tsx';
import styles from './instance.module.css';

/** What integrations that were written for Workfront get to see. */
export function WorkfrontSection({ draft, mistakes, onChange }: SectionProps) {
  const t = useText();
  const field = (name: 'domain' | 'lane' | 'customer_id', label: string, help: ReactNode) => (
    <TextField
      label={label}
      description={<span>{help}</span>}
      isRequired
      value={draft[name]}
      onChange={(value) => onChange({ [name]: value })}
      isInvalid={mistakes[name] !== undefined}
      errorMessage={mistakes[name]}
      UNSAFE_style={{ width: '100%' }}
    />
  );
  return (
    <Section title={t('instance.workfront')} description={t('instance.workfront_help')}>
      <div className={styles['fields']}>
        <div>{field('domain', t('instance.domain'), t.rich('instance.domain_help'))}</div>
        <div>{field('lane', t('instance.lane'), t.rich('instance.lane_help'))}</div>
        <div className={styles['copied-field']}>
          {field('customer_id', t('connect.customer_id'), t.rich('instance.customer_id_help'))}
          <CopyButton text={draft.customer_id} what={t('connect.customer_id')} />
        </div>
      </div>
    </Section>
  );
}
