import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';
import type { Id } from '../../server/base/ids.ts';
import { noteSessionClient } from '../../server/store/session-clients.ts';
import { listSessions } from '../../server/store/sessions.ts';
import type { TestApp } from './test-app.ts';

/** What a logout token says, without its signature being looked at. */
export interface LogoutClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  readonly sid: string;
  readonly events: Record<string, unknown>;
}

export interface ReceivedLogout {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly contentType: string | undefined;
  readonly form: URLSearchParams;
  readonly token: string;
  readonly claims: LogoutClaims;
}

/** The server of an application, where logout tokens come in. */
export interface LogoutReceiver {
  /** Its `backchannel_logout_uri`. */
  readonly uri: string;
  /** All that came, in this order. */
  readonly received: ReceivedLogout[];
  /** How it answers from now on: with a status, by hanging up, or not at all. */
  answer: number | 'hang up' | 'never';
  /** Waits until this many tokens came about sessions of that user. @param seconds how long at most @returns them */
  about(userId: string, count?: number, seconds?: number): Promise<ReceivedLogout[]>;
}

const open = new Set<Server>();

after(() => {
  for (const server of open) {
    server.closeAllConnections();
    server.close();
  }
});

/** Starts a server that takes logout tokens, and answers 200 until it is told otherwise. It is gone after the tests of the file. */
export async function startLogoutReceiver(): Promise<LogoutReceiver> {
  const received: ReceivedLogout[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const form = new URLSearchParams(body);
      const token = form.get('logout_token') ?? '';
      received.push({
        method: request.method,
        url: request.url,
        contentType: request.headers['content-type'],
        form,
        token,
        claims: claimsOf(token),
      });
      if (receiver.answer === 'hang up') request.socket.destroy();
      else if (receiver.answer !== 'never') response.writeHead(receiver.answer).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.add(server);
  const receiver: LogoutReceiver = {
    uri: `http://localhost:${(server.address() as AddressInfo).port}/logout?kept=1`,
    received,
    answer: 200,
    about: async (userId, count = 1, seconds = 5) => {
      const found = () => received.filter(({ claims }) => claims.sub === userId);
      const deadline = performance.now() + seconds * 1000;
      while (found().length < count) {
        if (performance.now() > deadline)
          throw new Error(`${found().length} of ${count} logout tokens came within ${seconds} seconds`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return found();
    },
  };
  return receiver;
}

function claimsOf(token: string): LogoutClaims {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString() || '{}') as LogoutClaims;
}

/**
 * Has an application take part in the newest session of a user, as if it had got an ID token there.
 * @returns the session's ID
 */
export async function takePart(app: TestApp, userId: string, applicationId: string): Promise<Id> {
  const { db } = app.services;
  const sessions = await listSessions(db, app.instance.id, userId as Id);
  const newest = sessions.toSorted((a, b) => (a.id < b.id ? 1 : -1))[0];
  if (!newest) throw new Error('the user is not signed in');
  await db.transaction((tx) =>
    noteSessionClient(tx, {
      sessionId: newest.id,
      applicationId: applicationId as Id,
      instanceId: app.instance.id,
      userId: userId as Id,
    }),
  );
  return newest.id;
}

/** How much the server still has to tell, and of how many sessions it would. */
export async function leftOf(app: TestApp): Promise<{ outbox: number; clients: number }> {
  const [row] = await app.services.db.sql<{ outbox: number; clients: number }>`
    SELECT (SELECT count(*) FROM outbox) AS outbox, (SELECT count(*) FROM session_clients) AS clients`;
  return { outbox: row?.outbox ?? 0, clients: row?.clients ?? 0 };
}
