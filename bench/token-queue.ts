/** Refresh tokens, taken in the order in which they were put there. */
export class TokenQueue {
  #tokens: string[] = [];
  #taken = 0;

  get length(): number {
    return this.#tokens.length - this.#taken;
  }

  put(token: string): void {
    this.#tokens.push(token);
  }

  /** @throws Error when there is none */
  take(): string {
    const token = this.#tokens[this.#taken++];
    if (token === undefined) throw new Error('no refresh token is left');
    // Seldom, because shift() on every take would move the whole list.
    if (this.#taken > 10_000) {
      this.#tokens = this.#tokens.slice(this.#taken);
      this.#taken = 0;
    }
    return token;
  }

  /** Those that would be taken next; they stay. */
  first(count: number): string[] {
    return this.#tokens.slice(this.#taken, this.#taken + count);
  }
}
