import { type HtmlForm, parseForms } from './html-form.ts';
import { type Answer, type Headers, type Message, send, type Target } from './http.ts';

/** Someone who can sign in. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

/** Where a browser ended up. */
export interface Page {
  readonly status: number;
  readonly headers: Answer['headers'];
  readonly html: string;
  /** Path and query of the page. */
  readonly path: string;
  /** The URL of another origin that the last redirect led to, which is not requested; null while on our pages. */
  readonly leftTo: URL | null;
}

/** A person's browser without JavaScript: keeps cookies, follows redirects on the server's origin, fills in forms. */
export class Browser {
  readonly target: Target;
  readonly cookies: Map<string, string>;
  /** Sent with every request, such as Accept-Language. */
  readonly headers: Headers;

  /** @param cookies those of another server under the same host name, which browsers share whatever the port */
  constructor(target: Target, headers: Headers = {}, cookies = new Map<string, string>()) {
    this.target = target;
    this.headers = headers;
    this.cookies = cookies;
  }

  /** One request with the cookies, no redirect followed; `Sec-Fetch-Site` as for a click on our own page. */
  async request(path: string, message: Message = {}): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await send(this.target, path, {
      ...message,
      headers: {
        'sec-fetch-site': 'same-origin',
        ...(cookie ? { cookie } : {}),
        ...this.headers,
        ...message.headers,
      },
    });
    for (const line of answer.headers['set-cookie'] ?? []) this.#keep(line);
    return answer;
  }

  /** Opens a page as a link or the address bar does, through redirects. */
  async openPage(path: string, message: Message = {}): Promise<Page> {
    return this.#follow(path, message);
  }

  /**
   * Fills in a form of the page and submits it, hidden fields included.
   * @param fields values by field name
   * @param choice the button to press (`name=value`), or the form to take by its action; the first form that has
   *   all the fields otherwise
   */
  async submitForm(
    page: Page,
    fields: Record<string, string>,
    choice: { button?: string; action?: string } = {},
  ): Promise<Page> {
    const form = findForm(page, fields, choice);
    const values = new URLSearchParams([...form.fields]);
    for (const [name, value] of Object.entries(fields)) values.set(name, value);
    if (choice.button) {
      const [name = '', value = ''] = choice.button.split('=');
      values.append(name, value);
    }
    const action = new URL(form.action || page.path, this.target.url + page.path);
    const path = action.pathname + action.search;
    if (form.method === 'get') return this.#follow(`${action.pathname}?${values}`, {});
    return this.#follow(path, { method: 'POST', body: values });
  }

  /** Signs in on the sign-in page and follows where it leads. @returns the page after it, also when refused */
  async signIn(person: Pick<Person, 'email' | 'password'>, returnTo = '/account'): Promise<Page> {
    const path = `/login?return_to=${encodeURIComponent(returnTo)}`;
    const asked = await this.openPage(path);
    // Where there are identity providers the address is asked for first, and leads to one.
    const page = hasField(asked, 'password') ? asked : await this.openPage(`${path}&password=1`);
    return this.submitForm(page, { email: person.email, password: person.password });
  }

  /**
   * Goes through an authorization request as a person would: signs in if asked, allows if asked.
   * @param decision the button to press on the consent page, if it comes
   * @returns the URL that the client is called back at
   * @throws Error with the page's status and text when the way ends on a page of the server
   */
  async authorize(
    params: Record<string, string> | URLSearchParams,
    person: Pick<Person, 'email' | 'password'>,
    { endpoint = '/oauth2/authorize', decision = 'allow' as 'allow' | 'deny' } = {},
  ): Promise<URL> {
    let page = await this.openPage(`${endpoint}?${new URLSearchParams(params)}`);
    if (!page.leftTo && hasField(page, 'password'))
      page = await this.submitForm(page, { email: person.email, password: person.password });
    if (!page.leftTo && hasButton(page, 'decision'))
      page = await this.submitForm(page, {}, { button: `decision=${decision}` });
    if (page.leftTo) return page.leftTo;
    throw new Error(
      `the authorization ended on ${page.path} with ${page.status}: ${page.html.slice(0, 2000)}`,
    );
  }

  async #follow(first: string, message: Message): Promise<Page> {
    let path = first.startsWith(`${this.target.url}/`) ? first.slice(this.target.url.length) : first;
    let answer = await this.request(path, message);
    for (let hops = 0; [301, 302, 303, 307, 308].includes(answer.status); hops++) {
      if (hops === 10) throw new Error(`more than ten redirects, at last from ${path}`);
      const next = new URL(answer.headers.location ?? '', this.target.url + path);
      if (next.origin !== new URL(this.target.url).origin)
        return { status: answer.status, headers: answer.headers, html: answer.text, path, leftTo: next };
      path = next.pathname + next.search;
      answer = await this.request(path);
    }
    return { status: answer.status, headers: answer.headers, html: answer.text, path, leftTo: null };
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';');
    const at = pair.indexOf('=');
    const name = pair.slice(0, at).trim();
    const value = pair.slice(at + 1).trim();
    const gone =
      value === '' ||
      attributes.some((attribute) => /^\s*max-age=(0|-\d+)\s*$/i.test(attribute) || isPast(attribute));
    if (gone) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

export function hasField(page: Page, name: string): boolean {
  return parseForms(page.html).some((form) => form.fields.has(name));
}

export function hasButton(page: Page, name: string): boolean {
  return parseForms(page.html).some((form) => form.buttons.some((button) => button.name === name));
}

function findForm(
  page: Page,
  fields: Record<string, string>,
  choice: { button?: string; action?: string },
): HtmlForm {
  const forms = parseForms(page.html);
  const form = forms.find((candidate) => {
    if (choice.action !== undefined && candidate.action !== choice.action) return false;
    if (
      choice.button !== undefined &&
      !candidate.buttons.some(({ name, value }) => `${name}=${value}` === choice.button)
    )
      return false;
    return Object.keys(fields).every((name) => candidate.fields.has(name));
  });
  if (form) return form;
  const seen = forms.map((candidate) => `${candidate.action} [${[...candidate.fields.keys()]}]`).join(', ');
  throw new Error(
    `no form with ${Object.keys(fields)} ${JSON.stringify(choice)} on ${page.path} (${page.status}); it has: ${seen || 'none'}`,
  );
}

function isPast(attribute: string): boolean {
  const [, date] = /^\s*expires=(.*)$/i.exec(attribute) ?? [];
  return date !== undefined && Date.parse(date) < Date.now();
}
