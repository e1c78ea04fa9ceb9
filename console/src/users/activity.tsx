import { Link } from '@react-spectrum/s2/Link';
import { SegmentedControl, SegmentedControlItem } from '@react-spectrum/s2/SegmentedControl';
import { useState } from 'react';
import type { User } from '../api/types.ts';
import { Events } from '../audit/events.tsx';
import { useText } from '../intl/text.ts';
import { Section } from '../ui/page.tsx';
import parts from '../ui/parts.module.css';
import styles from './users.module.css';

/** What happened to a user, or by them. */
export function UserActivity({ user }: { user: User }) {
  const t = useText();
  const [part, setPart] = useState<'concerned' | 'did'>('concerned');
  const log = new URLSearchParams({ user: user.id, ...(part === 'did' && { part }) });
  return (
    <Section
      title={t('users.activity')}
      actions={<Link href={`/audit-log?${log}`}>{t('users.in_audit_log')}</Link>}
    >
      <div className={styles['activity']}>
        <SegmentedControl
          aria-label={t('users.activity')}
          selectedKey={part}
          onSelectionChange={(key) => setPart(key as typeof part)}
        >
          <SegmentedControlItem id="concerned">{t('users.activity_concerned')}</SegmentedControlItem>
          <SegmentedControlItem id="did">{t('users.activity_did')}</SegmentedControlItem>
        </SegmentedControl>
        <Events
          filter={part === 'did' ? { actor_id: user.id } : { user_id: user.id }}
          headingLevel={3}
          empty={<p className={parts['hint']}>{t('users.activity_none')}</p>}
        />
      </div>
    </Section>
  );
}
