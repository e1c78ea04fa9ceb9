import { connect, createServer, type Socket } from 'node:net';

/** A way to a server that can be cut: what an unplugged network or a dead machine looks like. */
export interface Cuttable {
  readonly port: number;
  /** Every connection breaks, new ones are refused. */
  cut(): void;
  /** Every connection stays, new ones are accepted, nothing gets through. */
  freeze(): void;
  /** Connections work again; frozen ones are broken, as after a long silence. */
  mend(): void;
  close(): Promise<void>;
}

/** @param to a port of 127.0.0.1 */
export async function cuttableWay(to: number): Promise<Cuttable> {
  let mode: 'open' | 'cut' | 'frozen' = 'open';
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  };
  const breakAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((near) => {
    keep(near);
    if (mode === 'cut') return near.destroy();
    if (mode === 'frozen') return near.pause();
    const far = connect(to, '127.0.0.1');
    keep(far);
    near.pipe(far).on('close', () => near.destroy());
    far.pipe(near).on('close', () => far.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    cut: () => {
      mode = 'cut';
      breakAll();
    },
    freeze: () => {
      mode = 'frozen';
      for (const socket of sockets) socket.unpipe().pause();
    },
    mend: () => {
      if (mode === 'frozen') breakAll();
      mode = 'open';
    },
    close: () => {
      breakAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
