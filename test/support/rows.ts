import { randomBytes } from 'node:crypto';
import { type Id, newId, randomId } from '../../server/base/ids.ts';
import { HOUR } from '../../server/base/units.ts';
import { byPassword } from '../../server/model/authentication.ts';
import { type Instance, initialScopes } from '../../server/model/instance.ts';
import { newAuthorizationCode } from '../../server/oauth/tokens/code.ts';
import { insertAuthorizationCode } from '../../server/store/authorization-codes.ts';
import { insertAuthorization } from '../../server/store/authorizations.ts';
import type { Database, Reader, Transaction } from '../../server/store/engine/database.ts';
import { defaultApi, insertInstance } from '../../server/store/instances.ts';
import { insertSession } from '../../server/store/sessions.ts';
import { insertUser } from '../../server/store/users.ts';

/** When the rows of the tests of the store were made. */
export const now = Date.UTC(2030, 0, 1);

/** A key of a row that no other test has. */
export function someKey(): Buffer {
  return randomBytes(16);
}

/** A row of a table that refers to no other. */
export async function insert(tx: Transaction, key: Buffer, points: number): Promise<void> {
  await tx.sql`INSERT INTO rate_limits (key, points) VALUES (${key}, ${points})`;
}

export async function pointsOf(db: Reader, key: Buffer): Promise<number | undefined> {
  const [row] = await db.sql<{ points: number }>`SELECT points FROM rate_limits WHERE key = ${key}`;
  return row?.points;
}

/** An instance that no other test has. */
export async function someInstance(db: Database): Promise<Instance> {
  const id = newId(now);
  const host = `${id}.example.com`;
  const own = {
    id,
    handle: id,
    name: id,
    url: `https://${host}`,
    host,
    domain: 'ourdomain',
    lane: 'production',
    customerId: randomId(),
    maxApplications: 10,
    refreshTokenGrace: 10,
    authorizationCodeLifetime: 120,
    scopes: initialScopes,
    signIn: { password: 'everybody' as const },
    createdAt: now,
  };
  const instance: Instance = { ...own, apis: [defaultApi(own)] };
  await db.transaction((tx) => insertInstance(tx, instance, false));
  return instance;
}

/** A code and an authorization of generation 1, of an instance of their own. */
export async function someGrant(
  db: Database,
): Promise<{ instanceId: Id; applicationId: Id; authorizationId: Id; code: string }> {
  const { id: instanceId } = await someInstance(db);
  const [applicationId, userId, sessionId] = [newId(now), newId(now), newId(now)];
  const authorizationId = newId(now);
  const code = newAuthorizationCode(now);
  await db.transaction(async (tx) => {
    const email = `${userId}@example.com`;
    const user = { id: userId, instanceId, email, emailVerified: true, subject: userId, name: 'Someone' };
    await insertUser(
      tx,
      {
        ...user,
        role: 'user',
        active: true,
        locale: null,
        claims: {},
        hasPassword: true,
        lastActiveAt: now,
        createdAt: now,
        updatedAt: null,
      },
      email,
      'a hash',
    );
    const tokenHash = randomBytes(32);
    await insertSession(
      tx,
      {
        id: sessionId,
        instanceId,
        userId,
        createdAt: now,
        lastSeenAt: now,
        authentications: [byPassword(now)],
        signedInFor: null,
        ip: '192.0.2.1',
        userAgent: '',
      },
      tokenHash,
    );
    await insertAuthorizationCode(tx.sql, code, tokenHash, {
      instanceId,
      applicationId,
      userId,
      redirectUri: null,
      codeChallenge: null,
      scopes: ['api'],
      openid: null,
      resources: null,
      byConsent: false,
      expiresAt: now + HOUR,
    });
    await insertAuthorization(tx, {
      id: authorizationId,
      instanceId,
      applicationId,
      userId,
      scopes: ['api', 'offline_access'],
      openid: null,
      resources: null,
      generation: 1,
      createdAt: now,
      rotatedAt: null,
      lastUsedAt: null,
      expiresAt: null,
      revokedAt: null,
    });
  });
  return { instanceId, applicationId, authorizationId, code };
}
