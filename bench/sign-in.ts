import { Browser } from '../test/support/browser.ts';
import { tokens } from './exchanges.ts';
import { basic, Connection } from './http-client.ts';
import type { Subject } from './subject.ts';

/**
 * All that a person and a client do until there are tokens: the authorization request, the sign-in page, its form with the
 * password, the redirect with the code, and its redemption. What was allowed before is not asked again.
 * @throws Error unless all of it succeeds
 */
export async function signIn(subject: Subject, connection: Connection, index: number): Promise<string> {
  const { web, people, paths, port, issuer } = subject;
  const person = people[index % people.length];
  if (!person) throw new Error(`${subject.name} has nobody who can sign in`);
  const browser = new Browser({ url: issuer, port });
  const back = await browser.authorize(
    {
      response_type: 'code',
      client_id: web.id,
      redirect_uri: web.redirectUri,
      scope: 'api offline_access',
      state: String(index),
    },
    person,
  );
  const form = {
    grant_type: 'authorization_code',
    redirect_uri: web.redirectUri,
    code: back.searchParams.get('code') ?? '',
  };
  const body = String(new URLSearchParams(form));
  return tokens(await connection.post(paths.token, body, { authorization: basic(web) })).access_token;
}

/**
 * Lets so many people sign in over and over.
 * @returns how to end it; rejects when one of them failed
 */
export function keepSigningIn(subject: Subject, atOnce: number): () => Promise<void> {
  let over = false;
  const work = Array.from({ length: atOnce }, async (_, first) => {
    const connection = await Connection.open(subject);
    for (let index = first; !over; index += atOnce) await signIn(subject, connection, index);
    connection.close();
  });
  const all = Promise.all(work);
  all.catch(() => {});
  return async () => {
    over = true;
    await all;
  };
}
