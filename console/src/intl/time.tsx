import { useIntl } from 'react-intl';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A moment as a day, with the exact time on hover and for machines. `at` is RFC 3339. */
export function Day({ at }: { at: string }) {
  const intl = useIntl();
  const exact = intl.formatDate(at, { dateStyle: 'full', timeStyle: 'medium' });
  return (
    <time dateTime={at} title={exact}>
      {intl.formatDate(at, { dateStyle: 'medium' })}
    </time>
  );
}

/** A moment as day and time. `at` is RFC 3339. */
export function Moment({ at }: { at: string }) {
  const intl = useIntl();
  const exact = intl.formatDate(at, { dateStyle: 'full', timeStyle: 'long' });
  return (
    <time dateTime={at} title={exact}>
      {intl.formatDate(at, { dateStyle: 'medium', timeStyle: 'short' })}
    </time>
  );
}

/** How long ago, or how far ahead, in the unit that fits. `at` is RFC 3339. */
export function Ago({ at }: { at: string }) {
  const intl = useIntl();
  const seconds = Math.round((Date.parse(at) - Date.now()) / 1000);
  const [amount, unit] = relative(seconds);
  return (
    <time dateTime={at} title={intl.formatDate(at, { dateStyle: 'full', timeStyle: 'long' })}>
      {intl.formatRelativeTime(amount, unit, { numeric: 'auto' })}
    </time>
  );
}

function relative(seconds: number): [number, Intl.RelativeTimeFormatUnit] {
  const distance = Math.abs(seconds);
  if (distance < MINUTE) return [0, 'minute'];
  if (distance < HOUR) return [Math.trunc(seconds / MINUTE), 'minute'];
  if (distance < DAY) return [Math.trunc(seconds / HOUR), 'hour'];
  if (distance < 30 * DAY) return [Math.trunc(seconds / DAY), 'day'];
  if (distance < 365 * DAY) return [Math.trunc(seconds / (30 * DAY)), 'month'];
  return [Math.trunc(seconds / (365 * DAY)), 'year'];
}
