/** As much of a browser as the flows need: cookies, redirects, forms with their hidden fields. */

/** A request and its answer, as they went over the wire. */
export interface Exchange {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body: string | undefined;
  status: number;
  answerHeaders: Headers;
  answer: string;
}

export interface Page {
  url: URL;
  status: number;
  html: string;
  headers: Headers;
}

export interface BrowserOptions {
  /** Sees every exchange. */
  watch?: (exchange: Exchange) => void;
  /** Says where not to follow a redirect; the page is then the redirect itself. */
  stopAt?: (url: URL) => boolean;
}

export class Browser {
  readonly #options: BrowserOptions;
  /** By host name, as in a browser: the port makes no difference to cookies. */
  readonly #cookies = new Map<string, Map<string, string>>();

  constructor(options: BrowserOptions = {}) {
    this.#options = options;
  }

  /** Opens an address and follows redirects. */
  get(url: string | URL): Promise<Page> {
    return this.#follow('GET', new URL(url));
  }

  /** Fills in the form that has all these fields, keeps its hidden ones, and sends it. */
  submit(page: Page, fields: Record<string, string>): Promise<Page> {
    const form = findForm(page.html, Object.keys(fields));
    if (!form) throw new Error(`${page.url} has no form with ${Object.keys(fields).join(', ')}`);
    const body = new URLSearchParams({ ...form.hidden, ...fields }).toString();
    return this.#follow('POST', new URL(form.action || page.url, page.url), body, page.url.origin);
  }

  /** What a script on a page of that origin would do: JSON, cookies, and the `Origin` that browsers send along. */
  async call(method: string, url: string, json?: unknown): Promise<{ status: number; body: unknown }> {
    const target = new URL(url);
    const body = json === undefined ? undefined : JSON.stringify(json);
    const headers = {
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...(method !== 'GET' && { Origin: target.origin }),
    };
    const { status, answer } = await this.#exchange(method, target, headers, body);
    return { status, body: answer === '' ? undefined : JSON.parse(answer) };
  }

  async #follow(method: string, url: URL, body?: string, origin?: string): Promise<Page> {
    const headers = body === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' };
    const exchange = await this.#exchange(
      method,
      url,
      { ...headers, ...(origin && { Origin: origin }) },
      body,
    );
    const location = exchange.answerHeaders.get('Location');
    if (exchange.status >= 300 && exchange.status < 400 && location !== null) {
      const next = new URL(location, url);
      if (!this.#options.stopAt?.(next)) return this.#follow('GET', next);
    }
    return { url, status: exchange.status, html: exchange.answer, headers: exchange.answerHeaders };
  }

  async #exchange(
    method: string,
    url: URL,
    headers: Record<string, string>,
    body?: string,
  ): Promise<Exchange> {
    const jar = this.#cookies.get(url.hostname) ?? new Map<string, string>();
    this.#cookies.set(url.hostname, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const sent = { ...headers, ...(cookie && { Cookie: cookie }) };
    const response = await fetch(url, { method, headers: sent, body: body ?? null, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) keepCookie(jar, line);
    const answer = await response.text();
    const exchange = {
      method,
      url,
      headers: sent,
      body,
      status: response.status,
      answerHeaders: response.headers,
      answer,
    };
    this.#options.watch?.(exchange);
    return exchange;
  }
}

function keepCookie(jar: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(';');
  const name = pair.slice(0, pair.indexOf('=')).trim();
  const value = pair.slice(pair.indexOf('=') + 1).trim();
  const ended = attributes.some((attribute) =>
    /^\s*(max-age=(0|-\d+)|expires=Thu, 01 Jan 1970.*)$/i.test(attribute),
  );
  if (ended || value === '') jar.delete(name);
  else jar.set(name, value);
}

/** The first form that has all these controls; `hidden` are its hidden fields with their values. */
function findForm(html: string, names: string[]) {
  for (const [, attributes = '', content = ''] of html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)) {
    const controls = [...content.matchAll(/<(?:input|button|select|textarea)\b([^>]*)>/gi)].map(
      ([, text = '']) => ({
        name: attribute(text, 'name'),
        type: attribute(text, 'type'),
        value: attribute(text, 'value') ?? '',
      }),
    );
    if (!names.every((name) => controls.some((control) => control.name === name))) continue;
    const hidden: Record<string, string> = {};
    for (const { name, type, value } of controls)
      if (type === 'hidden' && name !== undefined) hidden[name] = value;
    return { action: attribute(attributes, 'action') ?? '', hidden };
  }
  return undefined;
}

function attribute(text: string, name: string): string | undefined {
  const match = text.match(new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i'));
  const value = match?.[1] ?? match?.[2] ?? match?.[3];
  return value === undefined ? undefined : unescapeHtml(value);
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Text as it was before it was escaped for HTML. */
export function unescapeHtml(text: string): string {
  return text.replace(
    /&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi,
    (all, hex?: string, decimal?: string, named?: string) => {
      if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
      if (decimal) return String.fromCodePoint(Number(decimal));
      return entities[named ?? ''] ?? all;
    },
  );
}
