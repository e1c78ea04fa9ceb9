import { readFileSync } from 'node:fs';
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Many times what a busy server has behind a proxy, and some hundred megabytes at the worst. */
const enough = 4_000;

/**
 * How many connections a process keeps at most, and how many requests that are not answered yet: no more than a third of the files
 * that it may open, of which each may take one, for a process without any left can open neither its database nor a connection to it.
 */
export function mostConnections(): number {
  try {
    const [, files] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? [];
    return Math.min(enough, Math.floor(Number(files ?? Number.POSITIVE_INFINITY) / 3));
  } catch {
    return enough; // not Linux
  }
}

/**
 * The connections of a server, when there are too many and when it stops. When there are too many, the one goes that has waited
 * longest without a whole request, of the address that has the most: so whoever opens thousands and says nothing, or says it slowly,
 * is in nobody's way but their own.
 * When there are too many requests without an answer, the connection with the most of them goes: one on which somebody asks and
 * asks, and does not read what is answered.
 */
export class Connections {
  readonly #most: number;
  /** What each is answering at the moment; null before the first request, undefined between two. */
  readonly #answering = new Map<Socket, ServerResponse | null | undefined>();
  /** Of each address, in the order in which they were last good for something. */
  readonly #byAddress = new Map<string, Set<Socket>>();
  /** How many requests each has whose answers are not gone yet. */
  readonly #unanswered = new Map<Socket, number>();
  #allUnanswered = 0;
  #stopping = false;

  constructor(server: Server, most: number) {
    this.#most = most;
    server.on('connection', (socket: Socket) => this.#add(socket));
    server.on('request', ({ socket }, response) => {
      if (this.#stopping) this.#makeLast(socket, response);
      this.#answering.set(socket, response);
      this.#asked(socket);
      response.once('close', () => this.#answered(socket));
    });
  }

  /**
   * From now on a connection ends with its last answer, which says so (RFC 9112 9.6), and not when the client is done with it. One that
   * never carried a request, as browsers open them ahead of need, ends at once: Node's server, when it is closed, ends those between two
   * requests by itself, but waits for these as if they had one.
   */
  stop(): void {
    this.#stopping = true;
    for (const [socket, answering] of this.#answering)
      if (answering === null) socket.destroy();
      else if (answering && this.#isWaitedFor(socket)) this.#makeLast(socket, answering);
  }

  /** Of several answers on their way only the last may say that it is, or those behind it are never sent. */
  #makeLast(socket: Socket, response: ServerResponse): void {
    const before = this.#answering.get(socket);
    if (before && before !== response && !before.headersSent) before.removeHeader('connection');
    if (!response.headersSent) response.setHeader('connection', 'close');
  }

  #isWaitedFor(socket: Socket): boolean {
    return (this.#unanswered.get(socket) ?? 0) > 0;
  }

  #add(socket: Socket): void {
    if (this.#stopping) {
      socket.destroy();
      return;
    }
    if (this.#answering.size >= this.#most) this.#makeRoom();
    const address = socket.remoteAddress ?? '';
    const ofAddress = this.#byAddress.get(address) ?? new Set();
    this.#byAddress.set(address, ofAddress.add(socket));
    this.#answering.set(socket, null);
    socket.once('close', () => {
      this.#answering.delete(socket);
      this.#forgetRequests(socket);
      ofAddress.delete(socket);
      if (ofAddress.size === 0) this.#byAddress.delete(address);
    });
  }

  #asked(socket: Socket): void {
    if (socket.destroyed) return;
    this.#unanswered.set(socket, (this.#unanswered.get(socket) ?? 0) + 1);
    this.#allUnanswered++;
    if (this.#allUnanswered <= this.#most) return;
    const [greediest] = [...this.#unanswered].reduce((a, b) => (b[1] > a[1] ? b : a));
    this.#forgetRequests(greediest);
    greediest.destroy();
  }

  #forgetRequests(socket: Socket): void {
    this.#allUnanswered -= this.#unanswered.get(socket) ?? 0;
    this.#unanswered.delete(socket);
  }

  #answered(socket: Socket): void {
    const left = this.#unanswered.get(socket);
    if (left !== undefined) {
      this.#unanswered.set(socket, left - 1);
      this.#allUnanswered--;
    }
    if (!this.#answering.has(socket)) return;
    if (!this.#isWaitedFor(socket)) {
      this.#answering.set(socket, undefined);
      if (this.#stopping) socket.destroySoon();
    }
    const ofAddress = this.#byAddress.get(socket.remoteAddress ?? '');
    if (ofAddress?.delete(socket)) ofAddress.add(socket);
  }

  /** What has been received whole is answered in any case. */
  #makeRoom(): void {
    const most = [...this.#byAddress.values()].reduce((a, b) => (b.size > a.size ? b : a), new Set());
    for (const socket of most) {
      if (this.#answering.get(socket)?.req.complete) continue;
      socket.destroy();
      return;
    }
  }
}
