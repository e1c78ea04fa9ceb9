import { connect, type Socket } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { selfSigned } from '../test/support/certificate.ts';

/**
 * Ends TLS in front of a server on this machine, as a reverse proxy does, with a certificate for `localhost` that it signed itself.
 * The suite wants every endpoint to be https and checks no certificate.
 * @param port where it listens, on 127.0.0.1
 * @param behind the port of the server in plain http
 */
export async function secure(port: number, behind: number): Promise<Server> {
  const sockets = new Set<Socket>();
  const server = createServer({ ...selfSigned(['localhost']), minVersion: 'TLSv1.2' }, (socket) => {
    const inner = connect(behind, '127.0.0.1');
    for (const [end, other] of [
      [socket, inner],
      [inner, socket],
    ] as const) {
      sockets.add(end);
      end.on('error', () => other.destroy());
      end.on('close', () => {
        sockets.delete(end);
        other.destroy();
      });
    }
    socket.pipe(inner).pipe(socket);
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', listening);
  });
  server.on('close', () => {
    for (const socket of sockets) socket.destroy();
  });
  return server;
}
