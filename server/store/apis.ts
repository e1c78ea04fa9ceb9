import { type Id, idBytes, idFrom } from '../base/ids.ts';
import type { Api } from '../model/api.ts';
import type { Scope } from '../model/instance.ts';
import { Columns, type Reader, type Transaction } from './engine/database.ts';

interface Row {
  id: Uint8Array;
  instance_id: Uint8Array;
  identifier: string;
  name: string;
  scopes: string;
  access_token_lifetime: number | null;
  signing_alg: Api['signingAlg'];
  token_typ: Api['tokenTyp'];
  created_at: number;
  updated_at: number;
}

const columns = new Columns(
  'id, instance_id, identifier, name, scopes, access_token_lifetime, signing_alg, token_typ, created_at, updated_at',
);

/** The APIs of an instance besides its default one, oldest first. */
export async function listApis(db: Reader, instanceId: Id): Promise<Api[]> {
  const rows = await db.sql<Row>`
    SELECT ${columns} FROM apis WHERE instance_id = ${idBytes(instanceId)} ORDER BY id`;
  return rows.map(fromRow);
}

/** @throws UniqueViolation when the instance has an API of that identifier */
export async function insertApi(tx: Transaction, api: Api): Promise<void> {
  await tx.sql`
    INSERT INTO apis (id, instance_id, identifier, name, scopes, access_token_lifetime, signing_alg, token_typ, created_at,
      updated_at)
    VALUES (${idBytes(api.id)}, ${idBytes(api.instanceId)}, ${api.identifier}, ${api.name}, ${JSON.stringify(api.scopes)},
      ${api.accessTokenLifetime}, ${api.signingAlg}, ${api.tokenTyp}, ${api.createdAt}, ${api.updatedAt})`;
}

/** Writes everything that can change of an API; its identifier never does. */
export async function updateApi(tx: Transaction, api: Api): Promise<void> {
  await tx.sql`
    UPDATE apis SET name = ${api.name}, scopes = ${JSON.stringify(api.scopes)},
      access_token_lifetime = ${api.accessTokenLifetime}, signing_alg = ${api.signingAlg}, token_typ = ${api.tokenTyp},
      updated_at = ${api.updatedAt}
    WHERE id = ${idBytes(api.id)} AND instance_id = ${idBytes(api.instanceId)}`;
}

/** @returns false when there is none */
export async function deleteApiRow(tx: Transaction, instanceId: Id, id: Id): Promise<boolean> {
  const rows = await tx.sql`
    DELETE FROM apis WHERE id = ${idBytes(id)} AND instance_id = ${idBytes(instanceId)} RETURNING id`;
  return rows.length === 1;
}

function fromRow(row: Row): Api {
  return {
    id: idFrom(row.id),
    instanceId: idFrom(row.instance_id),
    identifier: row.identifier,
    name: row.name,
    isDefault: false,
    scopes: JSON.parse(row.scopes) as Scope[],
    accessTokenLifetime: row.access_token_lifetime,
    signingAlg: row.signing_alg,
    tokenTyp: row.token_typ,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
