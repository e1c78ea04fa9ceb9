import type { IntlShape } from 'react-intl';

/** Units of lifetimes, in seconds; the longest first. A month and a year are those of calendars' averages. */
export const durationUnits = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;
export type DurationUnit = (typeof durationUnits)[number][0];

/** The longest unit in which a duration is a whole number. */
export function splitDuration(seconds: number): { amount: number; unit: DurationUnit } {
  const [unit, length] = durationUnits.find(([, each]) => seconds % each === 0 && seconds > 0) ?? [
    'second',
    1,
  ];
  return { amount: seconds / length, unit };
}

/** A duration in words, such as "180 days". @param seconds the duration */
export function formatDuration(intl: IntlShape, seconds: number): string {
  const { amount, unit } = splitDuration(seconds);
  return intl.formatNumber(amount, { style: 'unit', unit, unitDisplay: 'long' });
}
