/** How long a process may go on with what it knows: an administrator's change bites everywhere within a second. */
const lifetime = 900; // milliseconds

/**
 * What was read a moment ago, for rows that every request needs and that seldom change: instances, applications,
 * signing keys. Concurrent misses share one read. Nothing absent is remembered.
 */
export class ShortCache<K, V> {
  readonly #entries = new Map<K, { value: Promise<V | undefined>; until: number }>();

  /** The value, at most `lifetime` old. The age counts from before the read began. */
  get(key: K, load: () => Promise<V | undefined>): Promise<V | undefined> {
    const now = performance.now();
    const entry = this.#entries.get(key);
    if (entry && entry.until > now) return entry.value;
    if (this.#entries.size > 1000) this.#entries.clear();
    const fresh = { value: load(), until: now + lifetime };
    this.#entries.set(key, fresh);
    const forget = () => this.#entries.get(key) === fresh && this.#entries.delete(key);
    fresh.value.then((value) => value === undefined && forget(), forget);
    return fresh.value;
  }

  /** After a change in this process: the next `get` reads anew, also when a read is under way. */
  clear(): void {
    this.#entries.clear();
  }
}
