import { FetchRefused, type FetchSafely } from '../../base/fetch-safely.ts';
import { type Clock, DAY, MINUTE, SECOND } from '../../base/units.ts';
import type { OidcProvider } from '../../model/identity-provider.ts';
import type { Instance } from '../../model/instance.ts';
import { type Answer, KeptAnswers } from '../kept-answers.ts';
import { BadDiscoveryDocument, type DiscoveryDocument, readDiscoveryDocument } from './discovery-document.ts';

/** How long a document is taken for what it was. */
const freshFor = 10 * MINUTE;
/** And how long where its host does not answer. */
const usableFor = DAY;

/** What OpenID Connect providers say of themselves, as this process knows it. */
export class DiscoveryDocuments {
  readonly #fetchSafely: FetchSafely;
  readonly #clock: Clock;
  readonly #kept: KeptAnswers<DiscoveryDocument>;

  constructor(fetchSafely: FetchSafely, clock: Clock) {
    this.#fetchSafely = fetchSafely;
    this.#clock = clock;
    const failures = [FetchRefused, BadDiscoveryDocument];
    this.#kept = new KeptAnswers(clock, { pause: 5 * SECOND, most: 1000, failures });
  }

  /**
   * The discovery document of a provider, at most ten minutes old unless its host is away. Takes as long as that host, 5 seconds at
   * most: never call it in a transaction.
   * @throws FetchRefused
   * @throws BadDiscoveryDocument
   */
  async of(instance: Instance, provider: OidcProvider): Promise<DiscoveryDocument> {
    const { id, updatedAt: version } = provider;
    const { value, isFresh, readAt, failure } = await this.#kept.get({ id, version }, () =>
      this.#ask(instance, provider),
    );
    const isAway = !(failure instanceof BadDiscoveryDocument) || failure.kind === 'unreachable';
    if (value && (isFresh || (isAway && this.#clock() < readAt + usableFor))) return value;
    throw failure ?? new BadDiscoveryDocument('unreachable', 'cannot be had');
  }

  async #ask(instance: Instance, { settings }: OidcProvider): Promise<Answer<DiscoveryDocument>> {
    // OpenID Connect Discovery 1.0, 4.1.
    const url = `${settings.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const answer = await this.#fetchSafely(instance, url, { accept: 'application/json' });
    return { value: readDiscoveryDocument(settings.issuer, answer), freshFor };
  }
}
