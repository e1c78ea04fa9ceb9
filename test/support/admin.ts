import { Browser, type Person } from './browser.ts';
import type { Answer, Headers, Target } from './http.ts';

/** An application as the REST API shows it; a test names the fields that it looks at. */
export interface ApplicationView {
  id: string;
  type: 'machine' | 'spa' | 'web';
  client_id: string;
  name: string;
  redirect_uris?: string[];
  /** Only in the answer that made it. */
  client_secret?: string;
  secrets?: { id: string; hint: string }[];
  public_keys?: {
    id: string;
    kid: string;
    algorithm: string;
    acts_as_user_id: string | null;
    not_after: string | null;
  }[];
  [field: string]: unknown;
}

/** A part of a list of the REST API. */
export interface ListPage<T = Record<string, unknown>> {
  data: T[];
  next_cursor: string | null;
}

/**
 * The administrator at the REST API: cookie and Origin, as the console sends them. Signs in, or gives the password again,
 * by itself when needed.
 */
export class Admin {
  readonly #browser: Browser;
  readonly #person: Person;

  constructor(target: Target, person: Person) {
    this.#browser = new Browser(target);
    this.#person = person;
  }

  /** One call under /api/v1; signs in first, or again when the session has ended. */
  async call(
    method: string,
    path: string,
    body?: object | string | Uint8Array,
    headers: Headers = {},
  ): Promise<Answer> {
    const message = {
      method,
      ...(body === undefined ? {} : { body }),
      headers: { origin: new URL(this.#browser.target.url).origin, ...headers },
    };
    if (this.#browser.cookies.size === 0) await this.#signIn();
    const answer = await this.#browser.request(`/api/v1${path}`, message);
    if (answer.status === 401) await this.#signIn();
    else if (answer.status === 403 && answer.text.includes('reauthentication_required'))
      await this.#browser.request('/api/v1/me/authentications', {
        ...message,
        method: 'POST',
        body: { password: this.#person.password },
      });
    else return answer;
    return this.#browser.request(`/api/v1${path}`, message);
  }

  /** A call that must succeed. @returns the JSON of the answer, or undefined for 204 */
  async must<T = Record<string, unknown>>(method: string, path: string, body?: object): Promise<T> {
    const answer = await this.call(method, path, body);
    if (answer.status >= 300)
      throw new Error(`${method} /api/v1${path} answered ${answer.status}: ${answer.text}`);
    return answer.text === '' ? (undefined as T) : answer.json<T>();
  }

  /** Registers an application; what is not given has the contract's defaults, a name is made up. */
  createApplication(fields: {
    type: 'machine' | 'spa' | 'web';
    [field: string]: unknown;
  }): Promise<ApplicationView> {
    return this.must('POST', '/applications', { name: `Test ${fields.type}`, ...fields });
  }

  /** Runs with an application that is gone afterwards, since an instance has ten places for them. */
  async withApplication(
    fields: Parameters<Admin['createApplication']>[0],
    work: (application: ApplicationView) => Promise<void>,
  ): Promise<void> {
    const application = await this.createApplication(fields);
    try {
      await work(application);
    } finally {
      await this.call('DELETE', `/applications/${application.id}`);
    }
  }

  updateApplication(id: string, change: object): Promise<ApplicationView> {
    return this.must('PATCH', `/applications/${id}`, change);
  }

  deleteApplication(id: string): Promise<void> {
    return this.must('DELETE', `/applications/${id}`);
  }

  addPublicKey(
    applicationId: string,
    publicKey: string | object,
    actsAsUserId?: string,
  ): Promise<ApplicationView['public_keys'] & { id: string; kid: string }> {
    return this.must('POST', `/applications/${applicationId}/public-keys`, {
      public_key: publicKey,
      ...(actsAsUserId ? { acts_as_user_id: actsAsUserId } : {}),
    });
  }

  /** Makes a user of the instance. */
  async createUser(fields: Partial<Person> & { role?: 'administrator' | 'user' } = {}): Promise<Person> {
    const person = {
      email: `person-${++made}@example.com`,
      name: `Person ${made}`,
      password: 'correct horse battery staple',
      role: 'user',
      ...fields,
    };
    const { id } = await this.must<{ id: string }>('POST', '/users', person);
    return { id, email: person.email, name: person.name, password: person.password };
  }

  updateUser(id: string, change: object): Promise<Record<string, unknown>> {
    return this.must('PATCH', `/users/${id}`, change);
  }

  updateInstance(change: object): Promise<Record<string, unknown>> {
    return this.must('PATCH', '/instance', change);
  }

  /** Deletes all identity providers, since an instance has twenty places for them. */
  async deleteIdentityProviders(): Promise<void> {
    const { data } = await this.must<ListPage<{ id: string }>>('GET', '/identity-providers');
    for (const { id } of data) await this.must('DELETE', `/identity-providers/${id}`);
  }

  /** Deletes all APIs but the default one. */
  async deleteApis(): Promise<void> {
    const { data } = await this.must<ListPage<{ id: string; is_default: boolean }>>('GET', '/apis');
    for (const { id, is_default } of data) if (!is_default) await this.must('DELETE', `/apis/${id}`);
  }

  /** The newest audit events of a type, of a user where one is named. */
  async auditEvents(type: string, userId?: string): Promise<Record<string, unknown>[]> {
    const { data } = await this.must<{ data: Record<string, unknown>[] }>(
      'GET',
      `/audit-events?limit=100&type=${type}`,
    );
    return userId === undefined ? data : data.filter((event) => event['user_id'] === userId);
  }

  async #signIn(): Promise<void> {
    const page = await this.#browser.signIn(this.#person);
    if (page.status >= 400)
      throw new Error(`the administrator could not sign in: ${page.status} ${page.html.slice(0, 1000)}`);
  }
}

let made = 0;
