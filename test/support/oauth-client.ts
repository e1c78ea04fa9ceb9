import { createHash, randomBytes } from 'node:crypto';
import type { ApplicationView } from './admin.ts';
import type { Browser, Person } from './browser.ts';
import { type Answer, basic, type Headers, send, type Target } from './http.ts';

/** What a token endpoint hands out. */
export interface Tokens {
  access_token: string;
  token_type: string;
  expires_in: number;
  refresh_token?: string;
  scope?: string;
  wid?: string;
}

/** A PKCE pair (RFC 7636, S256). */
export function pkcePair(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** The claims of a JWT, unverified. */
export function claimsOf(jwt: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<
    string,
    unknown
  >;
}

/**
 * A web or spa client written by hand, for tests that need requests that no library sends. Answers are given as they
 * came; `…Tokens` methods throw on anything but a success.
 */
export class OAuthClient {
  readonly target: Target;
  readonly application: ApplicationView;
  readonly secret: string | undefined;

  constructor(target: Target, application: ApplicationView) {
    this.target = target;
    this.application = application;
    this.secret = application.client_secret;
  }

  get redirectUri(): string {
    return this.application.redirect_uris?.[0] ?? '';
  }

  /** The same client at another process of the same server. */
  at(target: Target): OAuthClient {
    return new OAuthClient(target, this.application);
  }

  /** A user's way to a code: signs in and allows as needed. @returns the code and the verifier that goes with it */
  async code(
    browser: Browser,
    person: Person,
    params: Record<string, string> = {},
    endpoint?: string,
  ): Promise<{ code: string; verifier: string; params: URLSearchParams }> {
    const { verifier, challenge } = pkcePair();
    const all = {
      response_type: 'code',
      client_id: this.application.client_id,
      redirect_uri: this.redirectUri,
      ...(endpoint ? {} : { scope: 'api offline_access' }),
      state: 'some state',
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...params,
    };
    const back = await browser.authorize(all, person, endpoint ? { endpoint } : {});
    const code = back.searchParams.get('code');
    if (!code) throw new Error(`no code came back: ${back.href}`);
    return { code, verifier, params: back.searchParams };
  }

  /** A request to the token endpoint with the client's own credentials; parameters of the value undefined are left out. */
  token(params: Record<string, string | undefined>, headers: Headers = {}): Promise<Answer> {
    return send(this.target, '/oauth2/token', {
      body: this.#form(params),
      headers: { ...this.#authentication(), ...headers },
    });
  }

  redeem(code: string, verifier: string, params: Record<string, string | undefined> = {}): Promise<Answer> {
    return this.token({
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      redirect_uri: this.redirectUri,
      ...params,
    });
  }

  refresh(refreshToken: string, params: Record<string, string | undefined> = {}): Promise<Answer> {
    return this.token({ grant_type: 'refresh_token', refresh_token: refreshToken, ...params });
  }

  revoke(token: string, params: Record<string, string | undefined> = {}): Promise<Answer> {
    return send(this.target, '/oauth2/revoke', {
      body: this.#form({ token, ...params }),
      headers: this.#authentication(),
    });
  }

  /** Only confidential clients may. */
  introspect(token: string, params: Record<string, string | undefined> = {}): Promise<Answer> {
    return send(this.target, '/oauth2/introspect', {
      body: this.#form({ token, ...params }),
      headers: this.#authentication(),
    });
  }

  /** Whether the server says at this moment that the token is good. */
  async isActive(token: string): Promise<boolean> {
    return success(await this.introspect(token)).json<{ active: boolean }>().active;
  }

  /** The whole flow: a new authorization of this user. */
  async authorize(
    browser: Browser,
    person: Person,
    params: Record<string, string> = {},
  ): Promise<Tokens & { refresh_token: string }> {
    const { code, verifier } = await this.code(browser, person, params);
    return success(await this.redeem(code, verifier)).json<Tokens & { refresh_token: string }>();
  }

  async refreshTokens(refreshToken: string): Promise<Tokens & { refresh_token: string }> {
    return success(await this.refresh(refreshToken)).json<Tokens & { refresh_token: string }>();
  }

  #authentication(): Headers {
    return this.secret ? { authorization: basic(this.application.client_id, this.secret) } : {};
  }

  #form(params: Record<string, string | undefined>): URLSearchParams {
    const form = new URLSearchParams();
    if (!this.secret) form.set('client_id', this.application.client_id);
    for (const [name, value] of Object.entries(params)) if (value !== undefined) form.set(name, value);
    return form;
  }
}

/** The answer itself when it is a success. @throws Error with what the server said otherwise */
export function success(answer: Answer): Answer {
  if (answer.status >= 300) throw new Error(`expected a success, got ${answer.status}: ${answer.text}`);
  return answer;
}

/** The `error` of an OAuth error answer, with its status: `400 invalid_grant`; `200` for a success. */
export function outcome(answer: Answer): string {
  if (answer.status < 300) return String(answer.status);
  return `${answer.status} ${answer.json<{ error?: string }>().error}`;
}
