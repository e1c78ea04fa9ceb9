import { type Answer, basic, type Connection } from './http-client.ts';
import type { Subject } from './subject.ts';

const scope = 'api offline_access';
/** What `signIn` asks for by OpenID Connect. */
export const openidScope = 'openid profile email offline_access';

/** An answer of a token endpoint, as far as the bench uses it. */
interface Tokens {
  access_token: string;
  refresh_token: string;
  id_token?: string;
}

/** @throws Error unless it is a successful answer of a token endpoint */
export function tokens(answer: Answer): Tokens {
  if (answer.status !== 200) throw unexpected(answer);
  const body = JSON.parse(answer.body) as Partial<Tokens>;
  if (typeof body.access_token !== 'string') throw unexpected(answer);
  return body as Tokens;
}

/**
 * The authorization request of a browser where all was allowed before, and the redemption of its code.
 * @param index chooses the browser, unless its `Cookie` header is given as `session`
 * @throws Error unless both succeed
 */
export async function authorize(
  subject: Subject,
  connection: Connection,
  index: number,
  parameters: Record<string, string> = subject.tokenParameters,
  session = subject.sessions[index % subject.sessions.length] as string,
): Promise<Tokens> {
  const { paths, web } = subject;
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: web.id,
    redirect_uri: web.redirectUri,
    scope,
    state: String(index),
    ...parameters,
  });
  const redirect = await connection.get(`${paths.authorize}?${query}`, { cookie: session });
  const [, location = ''] = /\r\nlocation: *(\S+)/i.exec(redirect.head) ?? [];
  const [, code] = /[?&]code=([^&]+)/.exec(location) ?? [];
  const asIsRight = [302, 303].includes(redirect.status) && location.startsWith(web.redirectUri);
  if (!asIsRight || code === undefined) throw unexpected(redirect);
  const form = { grant_type: 'authorization_code', redirect_uri: web.redirectUri, ...parameters };
  const body = `${new URLSearchParams(form)}&code=${code}`;
  const answer = await connection.post(paths.token, body, { authorization: basic(web) });
  const issued = tokens(answer);
  if (typeof issued.refresh_token !== 'string') throw unexpected(answer);
  return issued;
}

/** What to throw when a server did not answer with the success that was asked of it. */
export function unexpected(answer: Answer): Error {
  return new Error(`an answer that is no success: ${answer.head}\n\n${answer.body.slice(0, 500)}`);
}
