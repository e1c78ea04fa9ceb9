import { connect, createServer, type Socket } from 'node:net';
import { freshDatabase } from './engines.ts';
import { startApp, type TestApp } from './test-app.ts';

/** A way to a PostgreSQL server on which every statement is overheard (its protocol 3, extended queries). */
export interface Overheard {
  readonly port: number;
  /** The statements that were executed since this was asked for last, in order, and the round trips that took. */
  take(): { statements: string[]; roundTrips: number };
  close(): Promise<void>;
}

/**
 * The server on a PostgreSQL that is overheard. It sends nothing of the outbox and does not look for it, so that each statement is that of
 * a request.
 * @param config more `POSTERN_*` settings
 */
export async function startOverheardApp(
  config: Record<string, string> = {},
): Promise<{ app: TestApp; wire: Overheard; close: () => Promise<void> }> {
  const database = await freshDatabase('postgres', 'migrated');
  const url = new URL(database.url);
  const wire = await overheardWay(Number(url.port));
  url.port = String(wire.port);
  const app = await startApp({ engine: 'postgres', database: { ...database, url: url.href }, config });
  await app.services.outbox.stop();
  const close = async () => {
    await app.close();
    await wire.close();
    await database.remove();
  };
  return { app, wire, close };
}

/** @param to a port of 127.0.0.1 */
async function overheardWay(to: number): Promise<Overheard> {
  let statements: string[] = [];
  let roundTrips = 0;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    }
    const prepared = new Map<string, string>();
    let unread = Buffer.alloc(0);
    let hasBegun = false; // the first message has no type
    near.on('data', (chunk: Buffer) => {
      unread = Buffer.concat([unread, chunk]);
      for (;;) {
        const at = hasBegun ? 1 : 0;
        if (unread.length < at + 4) break;
        const end = at + unread.readUInt32BE(at);
        if (unread.length < end) break;
        if (hasBegun) hear(String.fromCharCode(unread[0] as number), unread.subarray(5, end));
        hasBegun = true;
        unread = unread.subarray(end);
      }
    });
    const hear = (type: string, body: Buffer) => {
      const [first = '', second = ''] = body.toString('utf8').split('\0', 2);
      if (type === 'P') prepared.set(first, second);
      if (type === 'B') statements.push(prepared.get(second) ?? second);
      if (type === 'Q') statements.push(first);
      if (type === 'S' || type === 'Q') roundTrips++;
    };
    far.pipe(near).on('close', () => far.destroy());
    near.pipe(far).on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    take: () => {
      const heard = { statements, roundTrips };
      [statements, roundTrips] = [[], 0];
      return heard;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
