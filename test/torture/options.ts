/**
 * How long and by which dice a torture goes: `SEED=7 MINUTES=5 npm test test/torture/history.test.ts`, or `npm run torture`, which
 * sets both. Without MINUTES it is the quick version that belongs to `npm test`.
 */
export const seed = Number(process.env['SEED'] ?? 20_260_101);

/** Minutes, or null for the quick version. */
export const minutes = process.env['MINUTES'] === undefined ? null : Number(process.env['MINUTES']);

/** Numbers from 0 to 1 that follow from the seed (mulberry32). */
export type Dice = () => number;

export function dice(seed: number): Dice {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of the values; `[value, weight]` where some come up more often. */
export function pick<T>(throwDice: Dice, values: readonly (readonly [T, number])[]): T {
  let left = throwDice() * values.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [value, weight] of values) {
    left -= weight;
    if (left < 0) return value;
  }
  return (values.at(-1) as readonly [T, number])[0];
}

export function between(throwDice: Dice, from: number, to: number): number {
  return from + throwDice() * (to - from);
}
