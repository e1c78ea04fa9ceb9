import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  /** Status line and headers. */
  readonly head: string;
  readonly body: string;
}

/** Where a server listens on 127.0.0.1, and what it is called from outside. */
interface Target {
  readonly port: number;
  readonly issuer: string;
}

/** Milliseconds to wait for one answer. */
const patience = 60_000;

/**
 * One kept-alive HTTP/1.1 connection, one request at a time. As little work for each as can be, so that the server is
 * what is measured; reads answers with a Content-Length, which is what all servers here send.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #target: Target;
  #received = '';
  #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;

  private constructor(socket: Socket, target: Target) {
    this.#socket = socket;
    this.#target = target;
    // One byte, one character: the length of the text is the length in bytes.
    socket.setEncoding('latin1').setNoDelay(true).setTimeout(patience);
    socket.on('data', (text: string) => this.#take(text));
    socket.on('timeout', () => this.#fail(new Error(`no answer within ${patience} ms`)));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  static open(target: Target): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(target.port, '127.0.0.1');
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new Connection(socket, target));
      });
    });
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#send(`GET ${path} HTTP/1.1\r\n${this.#headers(headers)}\r\n`);
  }

  /** @param form the body, as URLSearchParams writes it */
  post(path: string, form: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#send(
      `POST ${path} HTTP/1.1\r\n${this.#headers(headers)}content-type: application/x-www-form-urlencoded\r\n` +
        `content-length: ${form.length}\r\n\r\n${form}`,
    );
  }

  close(): void {
    this.#socket.removeAllListeners('close').destroy();
  }

  #headers(headers: Record<string, string>): string {
    let text = `host: ${this.#target.issuer.slice('http://'.length)}\r\n`;
    for (const name in headers) text += `${name}: ${headers[name]}\r\n`;
    return text;
  }

  #send(text: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(text, 'latin1');
    });
  }

  #take(text: string): void {
    this.#received += text;
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#received.slice(0, end);
    const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
    if (length === undefined) {
      this.#fail(new Error(`an answer without Content-Length:\n${head}`));
      return;
    }
    const whole = end + 4 + Number(length);
    if (this.#received.length < whole) return;
    const body = this.#received.slice(end + 4, whole);
    this.#received = this.#received.slice(whole);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve({ status: Number(head.slice(9, 12)), head, body });
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
    this.#socket.destroy();
  }
}

/** The value of `Authorization` for HTTP Basic; IDs and secrets here need no encoding. */
export function basic(client: { id: string; secret: string }): string {
  return `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`;
}
