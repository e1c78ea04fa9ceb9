import { FetchRefused, type FetchSafely } from '../../base/fetch-safely.ts';
import { type Clock, DAY, MINUTE, SECOND } from '../../base/units.ts';
import type { SamlProvider } from '../../model/identity-provider.ts';
import type { Instance } from '../../model/instance.ts';
import { type Answer, type Kept, KeptAnswers } from '../kept-answers.ts';
import { BadSamlMetadata, largestMetadata, readSamlMetadata, type SamlMetadata } from './saml-metadata.ts';

/** How long metadata from a URL is taken for what it was. */
const freshFor = 10 * MINUTE;
/** And how long where its host does not answer, or with something else: people can sign in while it is away. */
const usableFor = DAY;

/** Metadata cannot be had from where it is. The message is half a sentence for administrators. */
export class SamlMetadataUnavailable extends Error {
  override name = 'SamlMetadataUnavailable';
}

/** The metadata of SAML providers as this process knows it: what administrators entered, or what is at the URL that they entered. */
export class KnownSamlMetadata {
  readonly #fetchSafely: FetchSafely;
  readonly #clock: Clock;
  readonly #kept: KeptAnswers<SamlMetadata>;

  constructor(fetchSafely: FetchSafely, clock: Clock) {
    this.#fetchSafely = fetchSafely;
    this.#clock = clock;
    const failures = [BadSamlMetadata, SamlMetadataUnavailable];
    // However often somebody brings a signature whose key is not known.
    this.#kept = new KeptAnswers(clock, { pause: 30 * SECOND, most: 1000, failures });
  }

  /**
   * The metadata of a provider. Takes as long as its host, 5 seconds at most: never call it in a transaction.
   * @throws BadSamlMetadata
   * @throws SamlMetadataUnavailable
   */
  async of(instance: Instance, provider: SamlProvider): Promise<SamlMetadata> {
    const { value, isFresh, readAt, failure } = await this.#get(instance, provider, () => true);
    if (value && (isFresh || this.#clock() < readAt + usableFor)) return value;
    throw failure ?? new SamlMetadataUnavailable('it was asked for a moment ago');
  }

  /**
   * The metadata after keys were met that it does not have: read again, since keys change.
   * @param before what was known when they were met
   * @returns undefined where it was asked for a moment ago, or cannot be had
   */
  async again(
    instance: Instance,
    provider: SamlProvider,
    before: SamlMetadata,
  ): Promise<SamlMetadata | undefined> {
    const { value } = await this.#get(instance, provider, (metadata) => metadata !== before);
    return value && value !== before ? value : undefined;
  }

  #get(
    instance: Instance,
    provider: SamlProvider,
    isGood: (metadata: SamlMetadata) => boolean,
  ): Promise<Kept<SamlMetadata>> {
    const { id, updatedAt: version } = provider;
    return this.#kept.get({ id, version }, () => this.#read(instance, provider), isGood);
  }

  async #read(instance: Instance, { settings }: SamlProvider): Promise<Answer<SamlMetadata>> {
    const xml = settings.metadata ?? (await this.#textAt(instance, settings.metadata_url ?? ''));
    return { value: readSamlMetadata(xml), freshFor };
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
