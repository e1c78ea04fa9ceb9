import type { DatabaseSync } from 'node:sqlite';

/** Commits the writes of one turn of the event loop together: each is told so when it is on disk. */
export class GroupCommit {
  readonly #database: DatabaseSync;
  #waiting: { write: () => boolean; resolve: (value: boolean) => void; reject: (error: unknown) => void }[] =
    [];

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  add(write: () => boolean): Promise<boolean> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#commit());
      this.#waiting.push({ write, resolve, reject });
    });
  }

  #commit(): void {
    const jobs = this.#waiting;
    this.#waiting = [];
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      const values = jobs.map(({ write }) => write());
      this.#database.exec('COMMIT');
      for (const [index, { resolve }] of jobs.entries()) resolve(values[index] as boolean);
    } catch (error) {
      for (const { reject } of jobs) reject(error);
    }
  }
}
