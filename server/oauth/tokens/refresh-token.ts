import { fromBase64url } from '../../base/base64url.ts';
import { type Id, idBytes, idFrom } from '../../base/ids.ts';
import type { MasterSecret } from '../../base/master-secret.ts';

/**
 * A refresh token is `prt_` and, in base64url, a version (1 byte), the authorization's ID (16), its generation (4,
 * big-endian) and a MAC (32) over those and the instance. It is derived, not stored: the same authorization and
 * generation always give the same token, and a forged one fails without a query.
 */
const prefix = 'prt_';
const version = 1;
const bodyLength = 21;
const macLength = 32;

/** Whether a token claims to be a refresh token, whatever it is worth. */
export function looksLikeRefreshToken(token: string): boolean {
  return token.startsWith(prefix);
}

/** The refresh token of one generation of an authorization. It is derived and never stored: the same call gives the same token (decision 001). */
export function writeRefreshToken(
  secret: MasterSecret,
  instanceId: Id,
  authorizationId: Id,
  generation: number,
): string {
  const body = Buffer.alloc(bodyLength);
  body.writeUInt8(version);
  idBytes(authorizationId).copy(body, 1);
  body.writeUInt32BE(generation, 17);
  return (
    prefix +
    Buffer.concat([body, secret.mac('refresh-token', macInput(instanceId, body))]).toString('base64url')
  );
}

/** @returns undefined unless this instance issued exactly this token */
export function readRefreshToken(
  secret: MasterSecret,
  instanceId: Id,
  token: string,
): { authorizationId: Id; generation: number } | undefined {
  if (!looksLikeRefreshToken(token)) return undefined;
  const bytes = fromBase64url(token.slice(prefix.length));
  if (bytes?.length !== bodyLength + macLength) return undefined;
  const body = bytes.subarray(0, bodyLength);
  if (
    body[0] !== version ||
    !secret.verifyMac('refresh-token', macInput(instanceId, body), bytes.subarray(bodyLength))
  )
    return undefined;
  return { authorizationId: idFrom(body.subarray(1, 17)), generation: body.readUInt32BE(17) };
}

function macInput(instanceId: Id, body: Uint8Array): Buffer {
  return Buffer.concat([idBytes(instanceId), body]);
}
