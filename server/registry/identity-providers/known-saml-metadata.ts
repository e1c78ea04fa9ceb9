import { FetchRefused, type FetchSafely } from '../../base/fetch-safely.ts';
import type { Id } from '../../base/ids.ts';
import { type Clock, DAY, type Instant, MINUTE, SECOND } from '../../base/units.ts';
import type { SamlProvider } from '../../model/identity-provider.ts';
import type { Instance } from '../../model/instance.ts';
import { BadSamlMetadata, largestMetadata, readSamlMetadata, type SamlMetadata } from './saml-metadata.ts';

/** How long metadata from a URL is taken for what it was. */
const freshFor = 10 * MINUTE;
/** And how long where its host does not answer, or with something else: people can sign in while it is away. */
const usableFor = DAY;
/** The host is not asked again sooner than this, whether it failed or its keys did not fit. */
const pause = 30 * SECOND;
/** Whoever is beyond that is forgotten, the one longest known first. */
const mostProviders = 1000;

/** Metadata cannot be had from where it is. The message is half a sentence for administrators. */
export class SamlMetadataUnavailable extends Error {
  override name = 'SamlMetadataUnavailable';
}

/** What is known of the metadata of one provider. */
interface Known {
  /** The state of the provider that it is known for. */
  readonly updatedAt: Instant;
  metadata: SamlMetadata | null;
  readAt: Instant;
  /** When its host was asked last, whatever came of that. */
  askedAt: Instant;
  /** Why nothing came of it. */
  failure: BadSamlMetadata | SamlMetadataUnavailable | null;
  /** The request under way, which everybody waits for who needs the metadata now. */
  asking: Promise<void> | null;
}

/** The metadata of SAML providers as this process knows it: what administrators entered, or what is at the URL that they entered. */
export class KnownSamlMetadata {
  readonly #fetchSafely: FetchSafely;
  readonly #clock: Clock;
  readonly #known = new Map<Id, Known>();

  constructor(fetchSafely: FetchSafely, clock: Clock) {
    this.#fetchSafely = fetchSafely;
    this.#clock = clock;
  }

  /**
   * The metadata of a provider. Takes as long as its host, 5 seconds at most: never call it in a transaction.
   * @throws BadSamlMetadata
   * @throws SamlMetadataUnavailable
   */
  async of(instance: Instance, provider: SamlProvider): Promise<SamlMetadata> {
    const known = this.#of(provider);
    if (!known.metadata || !this.#isWithin(known.readAt, freshFor))
      await this.#renew(instance, provider, known);
    if (known.metadata && this.#isWithin(known.readAt, usableFor)) return known.metadata;
    throw known.failure ?? new SamlMetadataUnavailable('it was asked for a moment ago');
  }

  /**
   * The metadata after keys were met that it does not have: read again, since keys change.
   * @returns undefined where it was asked for a moment ago, or cannot be had
   */
  async again(instance: Instance, provider: SamlProvider): Promise<SamlMetadata | undefined> {
    const known = this.#of(provider);
    const before = known.metadata;
    await this.#renew(instance, provider, known);
    return known.metadata && known.metadata !== before ? known.metadata : undefined;
  }

  /** A clock that was set back must not make anything good for longer. */
  #isWithin(begin: Instant, length: number): boolean {
    const now = this.#clock();
    return begin <= now && now < begin + length;
  }

  #of(provider: SamlProvider): Known {
    const { id, updatedAt } = provider;
    const known = this.#known.get(id);
    if (known?.updatedAt === updatedAt) return known;
    const fresh = { updatedAt, metadata: null, readAt: 0, askedAt: -pause, failure: null, asking: null };
    this.#known.delete(id);
    for (const longest of this.#known.keys()) {
      if (this.#known.size < mostProviders) break;
      this.#known.delete(longest);
    }
    this.#known.set(id, fresh);
    return fresh;
  }

  async #renew(instance: Instance, provider: SamlProvider, known: Known): Promise<void> {
    if (!this.#isWithin(known.askedAt, pause))
      known.asking ??= this.#read(instance, provider, known).finally(() => {
        known.asking = null;
      });
    await known.asking;
  }

  async #read(instance: Instance, { settings }: SamlProvider, known: Known): Promise<void> {
    known.askedAt = this.#clock();
    try {
      const xml = settings.metadata ?? (await this.#textAt(instance, settings.metadata_url ?? ''));
      known.metadata = readSamlMetadata(xml);
      known.readAt = this.#clock();
      known.failure = null;
    } catch (error) {
      if (!(error instanceof BadSamlMetadata || error instanceof SamlMetadataUnavailable)) throw error;
      known.failure = error;
    }
  }

  async #textAt(instance: Instance, url: string): Promise<string> {
    try {
      const { status, body } = await this.#fetchSafely(instance, url, {
        accept: 'application/samlmetadata+xml, application/xml, text/xml',
        largest: largestMetadata,
      });
      if (status !== 200) throw new SamlMetadataUnavailable(`its host answered with the status ${status}`);
      return body;
    } catch (error) {
      if (error instanceof FetchRefused) throw new SamlMetadataUnavailable(error.message);
      throw error;
    }
  }
}
