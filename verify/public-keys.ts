import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';

/** How long a copy of the keys is used: the server publishes a key longer than that before it signs. */
const maxAge = 10 * 60 * 1000;
/** How long an issuer that failed twice in a row is left alone at first, doubled with each failure. */
const firstPause = 1000;

/**
 * The public keys of an issuer, fetched when they are needed. Tokens are made up by strangers, so what a token says can never make
 * this ask more often than the cooldown allows, whether the issuer answers or fails.
 */
export class PublicKeys {
  /** Fetches by itself only what it never had or had for too long, and both are seen to here, before. */
  readonly #remote: ReturnType<typeof createRemoteJWKSet>;
  readonly #cooldown: number;
  /** When the issuer was asked last, on the monotonic clock. */
  #asked = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #failure: unknown;

  /** @param cooldown milliseconds */
  constructor(url: URL, cooldown: number) {
    this.#remote = createRemoteJWKSet(url, {
      cacheMaxAge: maxAge,
      cooldownDuration: Number.POSITIVE_INFINITY,
    });
    this.#cooldown = cooldown;
  }

  /**
   * The key that a token names in its header.
   * @throws JWKSNoMatchingKey when the issuer has no such key; whatever the fetch failed with when it could not be asked
   */
  find: JWTVerifyGetKey = async (header, jws) => {
    if (!this.#remote.fresh) await this.#fetch();
    try {
      return await this.#remote(header, jws);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (this.#failures === 0 && this.#isWithin(this.#cooldown)) throw error;
    }
    // Perhaps a key that is new.
    await this.#fetch(this.#cooldown);
    return this.#remote(header, jws);
  };

  /** @param pause milliseconds that an issuer which failed is left alone; those that came with the last failure get its error */
  async #fetch(pause = this.#pause()): Promise<void> {
    if (!this.#remote.reloading) {
      if (this.#failures > 0 && this.#isWithin(pause)) throw this.#failure;
      this.#asked = performance.now();
    }
    try {
      await this.#remote.reload();
      this.#failures = 0;
    } catch (error) {
      if (error !== this.#failure) this.#failures++;
      this.#failure = error;
      throw error;
    }
  }

  /** Without keys nobody is let in. So a single failure is followed by a second try at once, and more by growing pauses. */
  #pause(): number {
    return this.#failures < 2 ? 0 : Math.min(this.#cooldown, firstPause * 2 ** (this.#failures - 2));
  }

  #isWithin(milliseconds: number): boolean {
    return performance.now() < this.#asked + milliseconds;
  }
}
