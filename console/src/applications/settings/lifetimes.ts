import type { IntlShape } from 'react-intl';
import type { Kind } from '../../../../server/model/field-kinds.ts';
import { type DurationUnit, durationUnits, formatDuration } from '../../intl/duration.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What a lifetime may be and what is offered for it, in seconds. */
export interface LifetimeKind {
  readonly presets: readonly number[];
  /** Those in which a lifetime of one's own is given; the first is for a value that fits no other. */
  readonly units: readonly DurationUnit[];
  readonly max: number;
}

const short = {
  presets: [5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 4 * HOUR, 8 * HOUR, DAY],
  units: ['second', 'minute', 'hour'],
} as const;

const long = {
  presets: [HOUR, DAY, 7 * DAY, 30 * DAY, 90 * DAY, 180 * DAY, 365 * DAY],
  units: ['second', 'minute', 'hour', 'day', 'year'],
} as const;

/** What is offered for a field, by how long it may be. */
export function lifetimesOf({ range }: Pick<Kind<unknown>, 'range'>): LifetimeKind {
  const max = range?.[1] ?? Number.MAX_SAFE_INTEGER;
  return { ...(max > DAY ? long : short), max };
}

/** How many seconds a unit has. */
export function secondsOf(unit: DurationUnit): number {
  return durationUnits.find(([name]) => name === unit)?.[1] ?? 1;
}

/** The longest of the units in which a lifetime is a whole number. */
export function unitOf(seconds: number, units: readonly DurationUnit[]): DurationUnit {
  const longestFirst = [...units].sort((a, b) => secondsOf(b) - secondsOf(a));
  return longestFirst.find((unit) => seconds > 0 && seconds % secondsOf(unit) === 0) ?? 'second';
}

/** A unit's name as it stands after that many, such as "days". */
export function unitName(intl: IntlShape, unit: DurationUnit, amount: number): string {
  const parts = intl.formatNumberToParts(Number.isNaN(amount) ? 2 : amount, {
    style: 'unit',
    unit,
    unitDisplay: 'long',
  });
  return parts.find(({ type }) => type === 'unit')?.value ?? unit;
}

/** A lifetime that is offered: days where months would leave open how many, and the months beside them. */
export function presetName(intl: IntlShape, seconds: number): string {
  const words = formatDuration(intl, seconds);
  const days = seconds / DAY;
  if (days < 30 || days >= 365) return words;
  return intl.formatMessage(
    { id: 'settings.days_that_are_months' },
    {
      days: intl.formatNumber(days, { style: 'unit', unit: 'day', unitDisplay: 'long' }),
      months: words,
    },
  );
}
