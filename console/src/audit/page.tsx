import { Content, Heading, IllustratedMessage } from '@react-spectrum/s2/IllustratedMessage';
import { Switch } from '@react-spectrum/s2/Switch';
import { useState } from 'react';
import { useLiveAuditEvents } from '../api/audit-events.ts';
import { useText } from '../intl/text.ts';
import { Page } from '../ui/page.tsx';
import { useAttention } from './attention.ts';
import styles from './events.module.css';
import { Events } from './events.tsx';
import { useFilterInUrl } from './filter-in-url.ts';
import { Filters } from './filters.tsx';

/** Whoever left the screen open is not kept signed in by its asking for news, in milliseconds. */
const attention = 5 * 60_000;

/** Audit log: what happened, as it happens. */
export function Component() {
  const t = useText();
  const { chosen, filter, isFiltering, change, clear } = useFilterInUrl();
  const [isLive, setLive] = useState(true);
  const isWatched = useAttention(attention);
  const arrived = useLiveAuditEvents(filter, isLive && isWatched);
  return (
    <Page
      title={t('audit.title')}
      description={t('audit.description')}
      actions={
        <Switch isSelected={isLive} onChange={setLive}>
          {t('audit.live')}
        </Switch>
      }
    >
      <Filters chosen={chosen} isFiltering={isFiltering} onChange={change} onClear={clear} />
      <p role="status" className="visually-hidden">
        {arrived.size > 0 && (
          <span key={[...arrived].join()}>{t('audit.arrived', { count: arrived.size })}</span>
        )}
      </p>
      <Events filter={filter} arrived={arrived} {...(isFiltering && { empty: <NothingFound /> })} />
    </Page>
  );
}

function NothingFound() {
  const t = useText();
  return (
    <div className={styles['nothing']}>
      <IllustratedMessage>
        <Heading level={2}>{t('audit.nothing_found')}</Heading>
        <Content>{t('audit.nothing_found_text')}</Content>
      </IllustratedMessage>
    </div>
  );
}
