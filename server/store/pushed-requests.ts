import { type Id, idBytes } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';
import type { Sql } from './engine/database.ts';

/** @param uriHash SHA-256 of what the `request_uri` ends with */
export async function insertPushedRequest(
  write: Sql,
  instanceId: Id,
  clientId: Id,
  uriHash: Buffer,
  parameters: object,
  expiresAt: Instant,
): Promise<void> {
  await write`
    INSERT INTO pushed_requests (uri_hash, instance_id, client_id, parameters, expires_at)
    VALUES (${uriHash}, ${idBytes(instanceId)}, ${idBytes(clientId)}, ${JSON.stringify(parameters)}, ${expiresAt})`;
}

/**
 * Takes a pushed request of a client, which nobody can take again: the one write that decides who comes first.
 * @returns undefined where there is none that is good
 */
export async function takePushedRequest(
  write: Sql,
  instanceId: Id,
  clientId: Id,
  uriHash: Buffer,
  now: Instant,
): Promise<unknown> {
  const [row] = await write<{ parameters: string }>`
    DELETE FROM pushed_requests
    WHERE uri_hash = ${uriHash} AND instance_id = ${idBytes(instanceId)} AND client_id = ${idBytes(clientId)}
      AND expires_at > ${now}
    RETURNING parameters`;
  return row && JSON.parse(row.parameters);
}
