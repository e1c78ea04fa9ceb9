import type { Admin } from './admin.ts';
import type { Browser, Page } from './browser.ts';
import { goodClaims } from './hand-over.ts';
import { type PublishedPair, publishedPair, signedBy } from './key-host.ts';
import type { TestApp } from './test-app.ts';

/** A product that has its users itself, as far as Postern sees it: it answers login requests by signed JWTs. */
export class Product {
  readonly #app: Pick<TestApp, 'url' | 'clock'>;
  readonly #pair: PublishedPair;
  readonly id: string;

  private constructor(app: Pick<TestApp, 'url' | 'clock'>, pair: PublishedPair, id: string) {
    this.#app = app;
    this.#pair = pair;
    this.id = id;
  }

  /** Registers a product as an identity provider. @param fields more fields of the provider */
  static async register(
    app: Pick<TestApp, 'url' | 'clock' | 'admin'>,
    fields: Record<string, unknown> = {},
  ): Promise<Product> {
    const pair = await publishedPair();
    const { id } = await app.admin.must<{ id: string }>('POST', '/identity-providers', {
      type: 'handover',
      name: 'The product',
      login_url: 'https://product.example.com/hand-over',
      issuer: 'https://product.example.com',
      jwks: { keys: [pair.jwk] },
      ...fields,
    });
    return new Product(app, pair, id);
  }

  /** Sends the browser on its trip, as a page of the server leads it. @returns what the product is asked for */
  async begin(browser: Browser, query: Record<string, string> = {}): Promise<URLSearchParams> {
    const page = await browser.openPage(`/login/with/${this.id}?${new URLSearchParams(query)}`);
    if (!page.leftTo) throw new Error(`the trip ended on ${page.path} with ${page.status}: ${page.html}`);
    return page.leftTo.searchParams;
  }

  /** The answer to a login request. @param claims in place of those of somebody ordinary */
  response(loginRequest: string, claims: Record<string, unknown> = {}): Promise<string> {
    return signedBy(this.#pair, goodClaims(this.#app, loginRequest, claims));
  }

  /** Has the browser bring an answer back. */
  async answer(
    browser: Browser,
    asked: URLSearchParams,
    claims: Record<string, unknown> = {},
  ): Promise<Page> {
    const response = await this.response(asked.get('login_request') ?? '', claims);
    return browser.openPage(`/login/handover/${this.id}?${new URLSearchParams({ response })}`);
  }

  /** A whole trip. @returns where it ends */
  async signIn(
    browser: Browser,
    claims: Record<string, unknown> = {},
    query: Record<string, string> = {},
  ): Promise<Page> {
    return this.answer(browser, await this.begin(browser, query), claims);
  }
}

/** Who is signed in in a browser; null for nobody. */
export async function whoIsIn(browser: Browser): Promise<Record<string, unknown> | null> {
  const answer = await browser.request('/api/v1/me');
  return answer.status === 200 ? answer.json() : null;
}

/** A user as the REST API shows them. */
export async function userBySubject(
  admin: Admin,
  subject: string,
): Promise<Record<string, unknown> | undefined> {
  const query = new URLSearchParams({ subject });
  const page = await admin.must<{ data: Record<string, unknown>[] }>('GET', `/users?${query}`);
  return page.data[0];
}
