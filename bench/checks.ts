import { createPublicKey, verify } from 'node:crypto';
import { authorize, tokens } from './exchanges.ts';
import { basic, Connection } from './http-client.ts';
import type { Sample } from './operations.ts';
import type { Subject } from './subject.ts';

/**
 * Whether a server refuses what it must refuse: one that says yes to everything would be fast.
 * @throws Error when it does not
 */
export async function checkRefusals(subject: Subject): Promise<void> {
  const { paths, web, machine, tokenParameters, introspectedTokenParameters, sessionToLose } = subject;
  const connection = await Connection.open(subject);
  const introspect = async (token: string) => {
    const form = String(new URLSearchParams({ token }));
    const answer = await connection.post(paths.introspect, form, { authorization: basic(web) });
    return answer.status === 200 && (JSON.parse(answer.body) as { active: unknown }).active;
  };
  const refresh = (token: string) =>
    connection.post(
      paths.token,
      String(
        new URLSearchParams({
          grant_type: 'refresh_token',
          refresh_token: token,
          ...tokenParameters,
        }),
      ),
      { authorization: basic(web) },
    );
  try {
    const wrong = basic({ id: machine.id, secret: `${machine.secret}-not` });
    const form = new URLSearchParams({ grant_type: 'client_credentials', ...tokenParameters });
    const refused = await connection.post(paths.token, String(form), { authorization: wrong });
    expect(subject, refused.status === 401, 'refuses a wrong secret');

    const asked = await authorize(subject, connection, 0, introspectedTokenParameters, sessionToLose);
    for (const token of [asked.access_token, asked.refresh_token]) {
      expect(subject, (await introspect(token)) === true, 'says of a good token that it is active');
      expect(
        subject,
        (await introspect(forged(token))) === false,
        'says of a forged token that it is not active',
      );
    }

    const issued = await authorize(subject, connection, 0, tokenParameters, sessionToLose);
    expect(
      subject,
      (await refresh(forged(issued.refresh_token))).status === 400,
      'refuses a forged refresh token',
    );
    const { refresh_token } = tokens(await refresh(issued.refresh_token));
    tokens(await refresh(refresh_token));
    // Two generations back: no grace period covers that.
    const spent = await refresh(issued.refresh_token);
    expect(subject, spent.status === 400, 'refuses a refresh token that was spent');
  } finally {
    connection.close();
  }
}

/**
 * Whether the tokens that a server gave are what they should be: signed by a key that it publishes, from this issuer,
 * for this client, good for some time; and whether what it said of tokens is so.
 * @throws Error when one is not
 */
export async function checkSamples(subject: Subject, samples: readonly Sample[]): Promise<void> {
  expect(subject, samples.length > 0, 'gives samples');
  const connection = await Connection.open(subject);
  const { body } = await connection.get(subject.paths.jwks).finally(() => connection.close());
  const { keys } = JSON.parse(body) as { keys: { kid: string }[] };
  for (const { kind, clientId, token } of samples) {
    const claims =
      kind !== 'introspection' ? verified(token, keys) : (JSON.parse(token) as Record<string, unknown>);
    expect(subject, claims !== undefined, 'signs its tokens by a key that it publishes');
    const client = claims[kind === 'id_token' ? 'aud' : 'client_id'];
    expect(subject, client === clientId, 'gives tokens to the client that asks');
    expect(subject, claims['iss'] === subject.issuer, 'names itself as the issuer');
    const expiry = claims['exp'] as number | undefined;
    expect(
      subject,
      kind === 'introspection' || (expiry ?? 0) > Date.now() / 1000,
      'gives tokens that are good for some time',
    );
  }
}

/** The claims of a token; undefined unless one of these keys signed it, ES256. */
function verified(jwt: string, keys: readonly { kid: string }[]): Record<string, unknown> | undefined {
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  const decode = (part: string) =>
    JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  const { alg, kid } = decode(header);
  const jwk = keys.find((key) => key.kid === kid);
  if (alg !== 'ES256' || !jwk) return undefined;
  const key = createPublicKey({ key: jwk as never, format: 'jwk' });
  const signed = Buffer.from(`${header}.${payload}`);
  const bytes = Buffer.from(signature, 'base64url');
  return verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, bytes) ? decode(payload) : undefined;
}

/** The token with another character in its last quarter, where a signature or MAC would be. */
function forged(token: string): string {
  const at = Math.floor(token.length * 0.8);
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
}

function expect(subject: Subject, holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`${subject.name} is not measured: it should be a server that ${what}`);
}
