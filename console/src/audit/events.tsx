import { Content, Heading, IllustratedMessage } from '@react-spectrum/s2/IllustratedMessage';
import type { ReactNode } from 'react';
import { type AuditFilter, useAuditEvents } from '../api/audit-events.ts';
import { useText } from '../intl/text.ts';
import { ErrorView } from '../ui/error-view.tsx';
import { Loading } from '../ui/loading.tsx';
import { ShowMore } from '../ui/show-more.tsx';
import { EventList } from './event-list.tsx';
import styles from './events.module.css';

/** The events that a filter lets in, with every state of such a list. */
export function Events(props: {
  filter: AuditFilter;
  arrived?: ReadonlySet<string>;
  /** Shown where there is no event. */
  empty?: ReactNode;
  headingLevel?: 2 | 3;
}) {
  const { filter, arrived, empty, headingLevel = 2 } = props;
  const list = useAuditEvents(filter);
  const events = list.data?.pages.flatMap(({ data }) => data) ?? [];
  if (list.isPending) return <Loading />;
  if (!list.data) return <ErrorView error={list.error} retry={() => void list.refetch()} />;
  if (events.length === 0) return empty ?? <NothingHappened />;
  return (
    <div className={styles['events']} aria-busy={list.isPlaceholderData}>
      <EventList events={events} headingLevel={headingLevel} {...(arrived && { arrived })} />
      <ShowMore list={list} />
    </div>
  );
}

function NothingHappened() {
  const t = useText();
  return (
    <div className={styles['nothing']}>
      <IllustratedMessage>
        <Heading level={2}>{t('audit.nothing')}</Heading>
        <Content>{t('audit.nothing_text')}</Content>
      </IllustratedMessage>
    </div>
  );
}
