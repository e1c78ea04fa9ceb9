import { type Id, idBytes, idFrom } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';
import type { Identity } from '../model/identity-provider.ts';
import { Columns, type Reader, type Transaction, Values } from './engine/database.ts';

interface Row {
  id: Uint8Array;
  instance_id: Uint8Array;
  provider_id: Uint8Array;
  subject: string;
  user_id: Uint8Array;
  gave_role: number;
  created_at: number;
  last_used_at: number | null;
}

const columns = new Columns(
  'id, instance_id, provider_id, subject, user_id, gave_role, created_at, last_used_at',
);

/** Whom a provider means by a subject. */
export async function findIdentity(
  db: Reader,
  instanceId: Id,
  providerId: Id,
  subject: string,
): Promise<Identity | undefined> {
  const [row] = await db.sql<Row>`
    SELECT ${columns} FROM identities
    WHERE provider_id = ${idBytes(providerId)} AND subject = ${subject} AND instance_id = ${idBytes(instanceId)}`;
  return row && fromRow(row);
}

/** The identities of a user, oldest first. */
export async function listIdentitiesOfUser(db: Reader, instanceId: Id, userId: Id): Promise<Identity[]> {
  const rows = await db.sql<Row>`
    SELECT ${columns} FROM identities
    WHERE user_id = ${idBytes(userId)} AND instance_id = ${idBytes(instanceId)} ORDER BY id`;
  return rows.map(fromRow);
}

/** Of how many users the identities are read by one statement. */
const usersAtOnce = 100;

/**
 * The identities of some users, as a page of a list shows them; each user's oldest first.
 * @param userIds 100 at most
 */
export async function listIdentitiesOfUsers(
  db: Reader,
  instanceId: Id,
  userIds: readonly Id[],
): Promise<Identity[]> {
  const [first] = userIds;
  if (!first) return [];
  // A statement has a certain number of values: the last ones are the first one again.
  const ids = Array.from({ length: usersAtOnce }, (_, index) => idBytes(userIds[index] ?? first));
  const rows = await db.sql<Row>`
    SELECT ${columns} FROM identities
    WHERE user_id IN (${new Values(ids)}) AND instance_id = ${idBytes(instanceId)}
    ORDER BY id`;
  return rows.map(fromRow);
}

/** @throws UniqueViolation when the provider means somebody by that subject already */
export async function insertIdentity(tx: Transaction, identity: Identity): Promise<void> {
  await tx.sql`
    INSERT INTO identities (id, instance_id, provider_id, subject, user_id, gave_role, created_at, last_used_at)
    VALUES (${idBytes(identity.id)}, ${idBytes(identity.instanceId)}, ${idBytes(identity.providerId)},
      ${identity.subject}, ${idBytes(identity.userId)}, ${identity.gaveRole}, ${identity.createdAt},
      ${identity.lastUsedAt})`;
}

/** Notes that somebody has signed in by an identity, and whether the provider gives them the role of an administrator. */
export async function noteIdentityUse(
  tx: Transaction,
  { id, instanceId }: Pick<Identity, 'id' | 'instanceId'>,
  gaveRole: boolean,
  now: Instant,
): Promise<boolean> {
  const rows = await tx.sql`
    UPDATE identities SET last_used_at = ${now}, gave_role = ${gaveRole}
    WHERE id = ${idBytes(id)} AND instance_id = ${idBytes(instanceId)} RETURNING id`;
  return rows.length === 1;
}

/** @returns false when that user has no such identity */
export async function deleteIdentityRow(
  tx: Transaction,
  instanceId: Id,
  userId: Id,
  id: Id,
): Promise<Identity | undefined> {
  const [row] = await tx.sql<Row>`
    DELETE FROM identities
    WHERE id = ${idBytes(id)} AND user_id = ${idBytes(userId)} AND instance_id = ${idBytes(instanceId)}
    RETURNING ${columns}`;
  return row && fromRow(row);
}

function fromRow(row: Row): Identity {
  return {
    id: idFrom(row.id),
    instanceId: idFrom(row.instance_id),
    providerId: idFrom(row.provider_id),
    subject: row.subject,
    userId: idFrom(row.user_id),
    gaveRole: row.gave_role === 1,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  };
}
