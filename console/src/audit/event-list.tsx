import { type IntlShape, useIntl } from 'react-intl';
import type { AuditEvent } from '../api/types.ts';
import { type Text, useText } from '../intl/text.ts';
import { EventRow } from './event-row.tsx';
import styles from './events.module.css';

/**
 * Events, newest first, under the day on which they happened.
 * @param arrived the IDs of those that came while somebody was looking
 */
export function EventList(props: {
  events: readonly AuditEvent[];
  arrived?: ReadonlySet<string>;
  headingLevel?: 2 | 3;
}) {
  const { events, arrived, headingLevel = 2 } = props;
  const t = useText();
  const intl = useIntl();
  const Heading = `h${headingLevel}` as const;
  return (
    <div className={styles['days']}>
      {[...byDay(events)].map(([day, ofDay]) => (
        <section key={day} className={styles['day']}>
          <Heading>{dayName(t, intl, day)}</Heading>
          <ul>
            {ofDay.map((event) => (
              <EventRow key={event.id} event={event} isNew={arrived?.has(event.id) ?? false} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

/** By the user's own calendar day, as `year-month-day`. */
function byDay(events: readonly AuditEvent[]): Map<string, AuditEvent[]> {
  const days = new Map<string, AuditEvent[]>();
  for (const event of events) {
    const day = dayOf(new Date(event.time));
    days.set(day, [...(days.get(day) ?? []), event]);
  }
  return days;
}

function dayOf(date: Date): string {
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].join('-');
}

function dayName(t: Text, intl: IntlShape, day: string): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const words = intl.formatDate(new Date(year, month - 1, date), { dateStyle: 'full' });
  const today = new Date();
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (day === dayOf(today)) return `${t('audit.today')} · ${words}`;
  if (day === dayOf(yesterday)) return `${t('audit.yesterday')} · ${words}`;
  return words;
}
