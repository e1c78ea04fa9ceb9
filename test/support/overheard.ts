import { connect, createServer, type Socket } from 'node:net';

/** A way to a PostgreSQL server on which every statement is overheard (its protocol 3, extended queries). */
export interface Overheard {
  readonly port: number;
  /** The statements that were executed since this was asked for last, in order, and the round trips that took. */
  take(): { statements: string[]; roundTrips: number };
  close(): Promise<void>;
}

/** @param to a port of 127.0.0.1 */
export async function overheardWay(to: number): Promise<Overheard> {
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
