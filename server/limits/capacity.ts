import { TooBusy } from '../base/refusal.ts';

/** Does work of one kind, unless so much of it is under way that it would take too long. */
export class Capacity {
  readonly #most: number;
  #underWay = 0;

  /** @param most whoever comes after so many is turned away */
  constructor(most: number) {
    this.#most = most;
  }

  /** @throws TooBusy, and then nothing of the work was done */
  async do<T>(work: () => Promise<T>): Promise<T> {
    if (this.#underWay >= this.#most) throw new TooBusy();
    this.#underWay++;
    try {
      return await work();
    } finally {
      this.#underWay--;
    }
  }
}
