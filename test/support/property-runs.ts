import type { Parameters } from 'fast-check';

/**
 * How a property is run: the same cases every time, unless `SEED` (a number) asks for others; `RUNS=20` runs twenty
 * times as many. A failure prints its seed and the smallest case that fails.
 * @param numRuns how many cases are enough for every day
 */
export function runs<T = unknown>(numRuns: number): Parameters<T> {
  return {
    seed: Number(process.env['SEED'] ?? 20_260_101),
    numRuns: Math.ceil(numRuns * Number(process.env['RUNS'] ?? 1)),
  };
}
