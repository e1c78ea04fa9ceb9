import type { Clock } from '../../server/base/units.ts';

/** A clock that runs like the real one and can be moved ahead, so that no test sleeps. */
export interface MovableClock {
  /** What the server is given as its clock: milliseconds since 1970. */
  readonly now: Clock;
  /** Moves the present ahead, or back. @param milliseconds less than zero: what an administrator or NTP does to a wrong clock */
  advance(milliseconds: number): void;
  /** How far the clock is ahead of the real time, in milliseconds. */
  readonly ahead: number;
}

export function movableClock(): MovableClock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    advance: (milliseconds) => {
      ahead += milliseconds;
    },
    get ahead() {
      return ahead;
    },
  };
}

/** A clock that stands still until it is moved, for tests of one millisecond before, at and after an end. */
export function stoppedClock(): MovableClock {
  const start = Date.now();
  let ahead = 0;
  return {
    now: () => start + ahead,
    advance: (milliseconds) => {
      ahead += milliseconds;
    },
    get ahead() {
      return ahead;
    },
  };
}
