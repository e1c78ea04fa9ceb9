import { type Id, idBytes } from '../base/ids.ts';
import type { Transaction } from './engine/database.ts';

/** An application that got an ID token in a browser session. */
export interface SessionClient {
  readonly sessionId: Id;
  readonly applicationId: Id;
  readonly instanceId: Id;
  readonly userId: Id;
}

/**
 * Keeps that an application got an ID token in a session, whose end it is told of. The session may have ended since the code was issued:
 * then the end is told soon after.
 */
export async function noteSessionClient(tx: Transaction, client: SessionClient): Promise<void> {
  await tx.sql`
    INSERT INTO session_clients (session_id, application_id, instance_id, user_id)
    VALUES (${idBytes(client.sessionId)}, ${idBytes(client.applicationId)}, ${idBytes(client.instanceId)},
      ${idBytes(client.userId)})
    ON CONFLICT (session_id, application_id) DO NOTHING`;
}
