import { Browser, hasButton, hasField, type Page, type Person } from './browser.ts';
import { parseForms } from './html-form.ts';

/** A page, and the whole address that it is at. */
export interface Place extends Page {
  readonly url: URL;
}

/** What browsers say of themselves when a person goes somewhere: some software sends nobody else to a sign-in. */
const navigation = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'sec-fetch-mode': 'navigate' };

/** A person's browser without JavaScript that goes from site to site on this machine, as redirects and forms lead it. */
export class Traveller {
  readonly #browsers = new Map<string, Browser>();
  readonly #cookies = new Map<string, Map<string, string>>();

  /** Opens an address, and follows where it leads, to whichever site. */
  async open(address: string | URL): Promise<Place> {
    const url = new URL(address);
    // Ports of one host are one site to a browser.
    const message = { headers: { 'sec-fetch-site': 'same-site' } };
    return this.#arrive(await this.#browserAt(url).openPage(url.pathname + url.search, message), url.origin);
  }

  /** Fills in a form of the page and submits it, as `Browser.submitForm`. */
  async submit(
    place: Place,
    fields: Record<string, string>,
    choice: { button?: string; action?: string } = {},
  ): Promise<Place> {
    const page = await this.#browserAt(place.url).submitForm(place, fields, choice);
    return this.#arrive(page, place.url.origin);
  }

  /** Presses the button of a form that goes to another site, which gets no cookies of its own along (`SameSite=Lax`), and follows it there. */
  async carry(place: Place): Promise<Place> {
    const [form] = parseForms(place.html);
    if (!form) throw new Error(`no form on ${place.url.href}: ${place.html.slice(0, 3000)}`);
    const url = new URL(form.action, place.url);
    const stranger = new Browser({ url: url.origin, port: Number(url.port) }, navigation);
    const page = await stranger.openPage(url.pathname + url.search, {
      method: 'POST',
      body: new URLSearchParams([...form.fields]),
      headers: { 'sec-fetch-site': 'cross-site', origin: place.url.origin },
    });
    return this.#arrive(page, url.origin);
  }

  /** Goes through Postern's pages as far as they ask: signs in, and allows. */
  async passThrough(place: Place, person: Pick<Person, 'email' | 'password'>): Promise<Place> {
    let now = place;
    if (hasField(now, 'password'))
      now = await this.submit(now, { email: person.email, password: person.password });
    if (hasButton(now, 'decision')) now = await this.submit(now, {}, { button: 'decision=allow' });
    return now;
  }

  async #arrive(page: Page, origin: string): Promise<Place> {
    if (page.leftTo) return this.open(page.leftTo);
    return { ...page, url: new URL(page.path, origin) };
  }

  #browserAt({ origin, hostname, port }: URL): Browser {
    const cookies = this.#cookies.get(hostname) ?? new Map<string, string>();
    this.#cookies.set(hostname, cookies);
    const browser =
      this.#browsers.get(origin) ?? new Browser({ url: origin, port: Number(port) }, navigation, cookies);
    this.#browsers.set(origin, browser);
    return browser;
  }
}
