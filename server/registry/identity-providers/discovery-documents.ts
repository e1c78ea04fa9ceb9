import { FetchRefused, type FetchSafely } from '../../base/fetch-safely.ts';
import type { Id } from '../../base/ids.ts';
import { type Clock, DAY, type Instant, MINUTE, SECOND } from '../../base/units.ts';
import type { OidcProvider } from '../../model/identity-provider.ts';
import type { Instance } from '../../model/instance.ts';
import { BadDiscoveryDocument, type DiscoveryDocument, readDiscoveryDocument } from './discovery-document.ts';

/** How long a document is taken for what it was. */
const freshFor = 10 * MINUTE;
/** And how long where its host does not answer. */
const usableFor = DAY;
/** A host that failed is not asked again sooner than this. */
const pause = 5 * SECOND;
/** Whoever is beyond that is forgotten, the one longest known first. */
const mostProviders = 1000;

/** What is known of the document of one provider. */
interface Known {
  /** The state of the provider that it is known for. */
  readonly updatedAt: Instant;
  document: DiscoveryDocument | null;
  readAt: Instant;
  /** When its host was asked last, whatever came of that. */
  askedAt: Instant;
  /** Why nothing came of it. */
  failure: BadDiscoveryDocument | FetchRefused | null;
  /** The request under way, which everybody waits for who needs the document now. */
  asking: Promise<void> | null;
}

/** What OpenID Connect providers say of themselves, as this process knows it. */
export class DiscoveryDocuments {
  readonly #fetchSafely: FetchSafely;
  readonly #clock: Clock;
  readonly #known = new Map<Id, Known>();

  constructor(fetchSafely: FetchSafely, clock: Clock) {
    this.#fetchSafely = fetchSafely;
    this.#clock = clock;
  }

  /**
   * The discovery document of a provider, at most ten minutes old unless its host is away. Takes as long as that host, 5 seconds at
   * most: never call it in a transaction.
   * @throws FetchRefused
   * @throws BadDiscoveryDocument
   */
  async of(instance: Instance, provider: OidcProvider): Promise<DiscoveryDocument> {
    const known = this.#of(provider);
    if (known.document && this.#isWithin(known.readAt, freshFor)) return known.document;
    if (!known.failure || !this.#isWithin(known.askedAt, pause))
      known.asking ??= this.#ask(instance, provider, known).finally(() => {
        known.asking = null;
      });
    await known.asking;
    const isAway = !(known.failure instanceof BadDiscoveryDocument) || known.failure.kind === 'unreachable';
    if (known.document && isAway && this.#isWithin(known.readAt, usableFor)) return known.document;
    throw known.failure ?? new BadDiscoveryDocument('unreachable', 'cannot be had');
  }

  /** A clock that was set back must not make anything good for longer. */
  #isWithin(begin: Instant, length: number): boolean {
    const now = this.#clock();
    return begin <= now && now < begin + length;
  }

  #of({ id, updatedAt }: OidcProvider): Known {
    const known = this.#known.get(id);
    if (known?.updatedAt === updatedAt) return known;
    const fresh = { updatedAt, document: null, readAt: 0, askedAt: 0, failure: null, asking: null };
    this.#known.delete(id);
    for (const longest of this.#known.keys()) {
      if (this.#known.size < mostProviders) break;
      this.#known.delete(longest);
    }
    this.#known.set(id, fresh);
    return fresh;
  }

  async #ask(instance: Instance, { settings }: OidcProvider, known: Known): Promise<void> {
    known.askedAt = this.#clock();
    try {
      // OpenID Connect Discovery 1.0, 4.1.
      const url = `${settings.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
      const answer = await this.#fetchSafely(instance, url, { accept: 'application/json' });
      known.document = readDiscoveryDocument(settings.issuer, answer);
      known.readAt = this.#clock();
      known.failure = null;
    } catch (error) {
      if (!(error instanceof FetchRefused || error instanceof BadDiscoveryDocument)) throw error;
      known.failure = error;
    }
  }
}
