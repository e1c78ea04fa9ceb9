import { attributeOf, childrenOf, readXml, textOf } from '../../server/base/xml/read.ts';
import type { Browser, Page } from './browser.ts';
import { encoded, requestOf, type Said, SamlIdp } from './saml-idp.ts';
import type { TestApp } from './test-app.ts';

/** What a provider is asked for by a request, and where it was told to bring the answer. */
export interface SamlAsked {
  readonly relayState: string;
  readonly audience: string;
  readonly acsUrl: string;
  readonly inResponseTo: string;
}

/** A customer whose identity provider speaks SAML, registered with the server, and reached by browsers alone. */
export class SamlCustomer {
  readonly #app: Pick<TestApp, 'url' | 'clock'>;
  readonly idp: SamlIdp;
  readonly id: string;

  private constructor(app: Pick<TestApp, 'url' | 'clock'>, idp: SamlIdp, id: string) {
    this.#app = app;
    this.idp = idp;
    this.id = id;
  }

  /** @param fields more fields of the provider */
  static async register(
    app: Pick<TestApp, 'url' | 'clock' | 'admin'>,
    fields: Record<string, unknown> = {},
    idp = new SamlIdp(),
  ): Promise<SamlCustomer> {
    const { id } = await app.admin.must<{ id: string }>('POST', '/identity-providers', {
      type: 'saml',
      name: 'A customer',
      metadata: idp.metadata(),
      ...fields,
    });
    return new SamlCustomer(app, idp, id);
  }

  get acsPath(): string {
    return `/login/saml/${this.id}/acs`;
  }

  /** Sends the browser on its trip. @returns what the provider is asked for */
  async begin(browser: Browser, query: Record<string, string> = {}): Promise<SamlAsked> {
    const page = await browser.openPage(`/login/with/${this.id}?${new URLSearchParams(query)}`);
    if (!page.leftTo) throw new Error(`the trip ended on ${page.path} with ${page.status}: ${page.html}`);
    const request = readXml(requestOf(page.leftTo.href));
    const [issuer] = childrenOf(request, undefined, 'Issuer');
    return {
      relayState: page.leftTo.searchParams.get('RelayState') ?? '',
      audience: (issuer && textOf(issuer)) ?? '',
      acsUrl: attributeOf(request, 'AssertionConsumerServiceURL') ?? '',
      inResponseTo: attributeOf(request, 'ID') ?? '',
    };
  }

  /** The XML of the answer to a request. */
  response({ audience, acsUrl, inResponseTo }: SamlAsked, said: Partial<Said> = {}): string {
    return this.idp.response({ now: this.#app.clock.now(), audience, acsUrl, inResponseTo, ...said });
  }

  /** Has the browser bring an answer, from a page of the server: as if it had been posted again. */
  bring(browser: Browser, xml: string, relayState?: string): Promise<Page> {
    const body = new URLSearchParams({
      SAMLResponse: encoded(xml),
      ...(relayState !== undefined && { RelayState: relayState }),
      posted_again: '1',
    });
    return browser.openPage(this.acsPath, { method: 'POST', body });
  }

  /** A whole trip. @returns where it ends */
  async signIn(
    browser: Browser,
    said: Partial<Said> = {},
    query: Record<string, string> = {},
  ): Promise<Page> {
    const asked = await this.begin(browser, query);
    return this.bring(browser, this.response(asked, said), asked.relayState);
  }
}
