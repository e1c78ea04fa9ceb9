import { endOne } from '../authorizations/end.ts';
import { SECOND } from '../base/units.ts';
import { findAuthorization } from '../store/authorizations.ts';
import type { Transaction } from '../store/engine/database.ts';
import { revokeAccessToken } from '../store/spent-tokens.ts';
import { byClient, type Call, type ClientRequest, type Rule } from './client/call.ts';
import { nothingToSpend } from './client/spending.ts';
import { OAuthError } from './errors.ts';
import type { Needs } from './needs.ts';
import { readAccessToken } from './tokens/access-token.ts';
import { readRefreshToken } from './tokens/refresh-token.ts';

/** A request to the revocation endpoint. */
export interface RevocationRequest extends ClientRequest {
  readonly token?: string | undefined;
}

/** RFC 7009 leaves the body open; some clients parse it whatever it is. */
const done = {};

/**
 * The revocation endpoint (RFC 7009 2.1). A refresh token takes its authorization and every access token of it along;
 * an access token goes alone. An unknown token is a success; another client's is refused.
 * @throws OAuthError
 */
export const revoke: Rule<RevocationRequest, object> = async (needs, call) => {
  const { token } = call.request;
  if (token === undefined) throw new OAuthError('invalid_request', 'token is missing');
  const end = (await endOfRefreshToken(needs, call, token)) ?? (await endOfAccessToken(needs, call, token));
  if (!end) return nothingToSpend(done);
  return {
    inTransaction: true,
    spend: async (tx) => {
      await end(tx);
      return done;
    },
  };
};

type End = (tx: Transaction) => Promise<unknown>;

const notYours = () => new OAuthError('invalid_grant', 'the token was issued to another client');

async function endOfRefreshToken(needs: Needs, call: Call, token: string): Promise<End | undefined> {
  const { instance } = call.request;
  const read = readRefreshToken(needs.secret, instance.id, token);
  const authorization = read && (await findAuthorization(needs.db, instance.id, read.authorizationId));
  if (!authorization) return undefined;
  if (authorization.applicationId !== call.client.application.id) throw notYours();
  return (tx) => endOne(tx, call.now, authorization, byClient(call), 'revoked_by_client');
}

async function endOfAccessToken(
  needs: Needs,
  { request: { instance }, client: { application } }: Call,
  token: string,
): Promise<End | undefined> {
  const claims = await readAccessToken(needs, instance, token);
  if (!claims) return undefined;
  if (claims.client_id !== application.clientId) throw notYours();
  return (tx) => revokeAccessToken(tx, instance.id, claims.jti, claims.exp * SECOND);
}
