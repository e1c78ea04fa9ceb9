import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { after } from 'node:test';
import type { Certificate } from './certificate.ts';

/** A server of somebody else on 127.0.0.1, and what reached it. */
export interface Listener {
  readonly port: number;
  /** Connections so far, whether or not anything was asked. */
  connections(): number;
  /** Requests so far: `GET /path`. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** Answers HTTP, or HTTPS with a certificate. */
export function listen(answer: RequestListener, certificate?: Certificate): Promise<Listener> {
  const requests: string[] = [];
  const listener = (request: IncomingMessage, response: Parameters<RequestListener>[1]) => {
    requests.push(`${request.method} ${request.url}`);
    return answer(request as Parameters<RequestListener>[0], response);
  };
  return start(certificate ? createSecureServer(certificate, listener) : createServer(listener), requests);
}

/** Takes connections and does with them what it is told, which need not be HTTP. */
export function listenRaw(connected: (socket: Socket) => void): Promise<Listener> {
  return start(createTcpServer(connected), []);
}

async function start(server: Server, requests: string[]): Promise<Listener> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const close = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  after(close);
  return { port: (server.address() as AddressInfo).port, connections: () => connections, requests, close };
}
