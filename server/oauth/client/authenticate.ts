import { timingSafeEqual } from 'node:crypto';
import { keySetId } from '../../authorizations/liveness.ts';
import type { Id } from '../../base/ids.ts';
import { sha256 } from '../../base/master-secret.ts';
import type { Client } from '../../model/application.ts';
import type { Instance } from '../../model/instance.ts';
import { OAuthError } from '../errors.ts';
import type { Needs } from '../needs.ts';
import { readUnverified, verifyClientAssertion } from './assertion.ts';
import type { Proof } from './spending.ts';

export const jwtBearerAssertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Everything in a request that can say who the client is. */
export interface Credentials {
  /** The Authorization header. */
  readonly authorization?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly clientAssertion?: string | undefined;
  readonly clientAssertionType?: string | undefined;
}

/** A client that proved who it is (or, being public, only said so). */
export interface AuthenticatedClient extends Client {
  readonly method: 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';
  /** The client secret, public key or key set that proved it; null without a proof. */
  readonly credentialId: Id | null;
  /** Those of `private_key_jwt`: spent with whatever the request spends. */
  readonly proofs: readonly Proof[];
}

/** Whether a request carries anything that authenticates a client, beyond naming it. */
export function hasCredentials(credentials: Credentials): boolean {
  const { authorization, clientSecret, clientAssertion, clientAssertionType } = credentials;
  return [authorization, clientSecret, clientAssertion, clientAssertionType].some(
    (each) => each !== undefined,
  );
}

/**
 * Client authentication (RFC 6749 2.3, RFC 7523 2.2). The words are the same whether the client is unknown, has no
 * such secret, or gave a wrong one.
 * @throws OAuthError `invalid_request` for more than one method, `invalid_client` for a failed one
 */
export async function authenticateClient(
  needs: Needs,
  instance: Instance,
  credentials: Credentials,
): Promise<AuthenticatedClient> {
  const { authorization, clientSecret, clientAssertion, clientAssertionType } = credentials;
  const methods = [authorization, clientSecret, clientAssertion ?? clientAssertionType].filter(
    (each) => each !== undefined,
  );
  if (methods.length > 1)
    throw new OAuthError(
      'invalid_request',
      'the request authenticates the client in more than one way; use one',
    );

  const client =
    authorization !== undefined
      ? await byBasic(needs, instance, authorization, credentials.clientId)
      : clientAssertion !== undefined || clientAssertionType !== undefined
        ? await byAssertion(needs, instance, credentials)
        : clientSecret !== undefined
          ? await bySecret(needs, instance, credentials.clientId, clientSecret, 'client_secret_post')
          : await byName(needs, instance, credentials.clientId);
  needs.lastUsed.note('applications', instance.id, client.application.id, needs.clock());
  return client;
}

async function byBasic(
  needs: Needs,
  instance: Instance,
  header: string,
  bodyClientId: string | undefined,
): Promise<AuthenticatedClient> {
  const refuse = (description: string) => new OAuthError('invalid_client', description, { triedBasic: true });
  const [, encoded] = /^Basic +([A-Za-z0-9+/_=-]+) *$/i.exec(header) ?? [];
  if (encoded === undefined)
    throw refuse(
      'the Authorization header must be Basic, with the base64 of client ID, colon and client secret',
    );
  const pair = Buffer.from(encoded, 'base64').toString();
  const colon = pair.indexOf(':');
  const clientId = formDecode(pair.slice(0, Math.max(colon, 0)));
  const secret = formDecode(pair.slice(colon + 1));
  if (colon < 1 || !clientId || !secret)
    throw refuse('the Authorization header must hold the client ID, a colon and the client secret');
  if (bodyClientId !== undefined && bodyClientId !== clientId)
    throw new OAuthError('invalid_request', 'client_id and the Authorization header name different clients');
  return bySecret(needs, instance, clientId, secret, 'client_secret_basic');
}

/** RFC 6749 2.3.1: both halves are form-encoded before they are joined. */
function formDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

async function bySecret(
  needs: Needs,
  instance: Instance,
  clientId: string | undefined,
  secret: string,
  method: 'client_secret_basic' | 'client_secret_post',
): Promise<AuthenticatedClient> {
  if (clientId === undefined)
    throw new OAuthError('invalid_request', 'client_id is missing beside client_secret');
  const client = await needs.clients.find(instance.id, clientId);
  const hash = sha256(secret);
  // Every secret is compared, so that the time does not tell which one it was.
  const matching = client?.secrets.filter((each) => timingSafeEqual(each.hash, hash)) ?? [];
  const [used] = matching;
  if (!client || !used || !client.application.enabled)
    throw new OAuthError(
      'invalid_client',
      'the client is unknown or disabled, or its credentials are wrong',
      { triedBasic: method === 'client_secret_basic' },
    );
  needs.lastUsed.note('client_secrets', instance.id, used.id, needs.clock());
  return { ...client, method, credentialId: used.id, proofs: [] };
}

async function byAssertion(
  needs: Needs,
  instance: Instance,
  credentials: Credentials,
): Promise<AuthenticatedClient> {
  const { clientAssertion, clientAssertionType, clientId } = credentials;
  if (clientAssertion === undefined)
    throw new OAuthError('invalid_request', 'client_assertion is missing beside client_assertion_type');
  if (clientAssertionType !== jwtBearerAssertionType)
    throw new OAuthError('invalid_request', `client_assertion_type must be ${jwtBearerAssertionType}`);
  const claimed = readUnverified(clientAssertion);
  const subject = claimed?.sub;
  if (!claimed || typeof subject !== 'string')
    throw new OAuthError(
      'invalid_client',
      'client_assertion must be a JWT whose iss and sub are the client ID',
    );
  if (clientId !== undefined && clientId !== subject)
    throw new OAuthError('invalid_request', 'client_id and client_assertion name different clients');
  const client = await needs.clients.find(instance.id, subject);
  if (!client?.application.enabled) throw unknownClient();
  const { iss, sub } = claimed;
  if (iss !== client.application.clientId || sub !== client.application.clientId)
    throw new OAuthError('invalid_client', 'iss and sub of client_assertion must both be the client ID');
  const { key, proofs } = await verifyClientAssertion(needs, instance, client, clientAssertion);
  if (key) {
    needs.lastUsed.note('public_keys', instance.id, key.id, needs.clock());
    return { ...client, method: 'private_key_jwt', credentialId: key.id, proofs };
  }
  // The host of the key set may have taken its time, in which the application was changed.
  const after = await needs.clients.find(instance.id, subject);
  const uri = client.application.jwksUri;
  if (!after?.application.enabled || uri === null || after.application.jwksUri !== uri) throw unknownClient();
  return { ...after, method: 'private_key_jwt', credentialId: keySetId(uri), proofs };
}

function unknownClient(): OAuthError {
  return new OAuthError('invalid_client', 'the client is unknown or disabled, or its credentials are wrong');
}

async function byName(
  needs: Needs,
  instance: Instance,
  clientId: string | undefined,
): Promise<AuthenticatedClient> {
  if (clientId === undefined)
    throw new OAuthError(
      'invalid_client',
      'the request does not say which client it comes from: client_id or an Authorization header is missing',
    );
  const client = await needs.clients.find(instance.id, clientId);
  if (client?.application.type !== 'spa' || !client.application.enabled)
    throw new OAuthError(
      'invalid_client',
      'the client is unknown or disabled, or must authenticate itself with a client secret or client_assertion',
    );
  return { ...client, method: 'none', credentialId: null, proofs: [] };
}
