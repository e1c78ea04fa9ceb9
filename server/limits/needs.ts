import type { Metrics } from '../base/metrics.ts';
import type { Core } from '../core.ts';

/** What the limits work with, and whoever asks them. */
export interface Limited extends Core {
  readonly metrics: Metrics;
  readonly config: {
    /** False for benchmarks and load tests only. */
    readonly rateLimits: boolean;
    /** Failed client authentications within the window after which delays begin. */
    readonly tokenFailureLimit: number;
  };
}
