/** What a transaction tells its own process that it has written: by the name of the table that somebody waits for. */
export type Announcement = 'outbox';

/**
 * Who waits for what transactions of this process have written. Nothing is sent to other processes, which look for themselves: an
 * announcement only saves waiting.
 */
export class Announcements {
  readonly #listeners = new Map<Announcement, Set<() => void>>();

  /** @returns how to stop listening */
  hear(what: Announcement, listener: () => void): () => void {
    const listeners = this.#listeners.get(what) ?? new Set();
    this.#listeners.set(what, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Tells of what one transaction announced, once it is committed. */
  tell(announced: ReadonlySet<Announcement>): void {
    for (const what of announced) for (const listener of this.#listeners.get(what) ?? []) listener();
  }
}
