import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { send } from '../support/http.ts';
import { ServerProcess } from '../support/server-process.ts';

// What SIGTERM does to connections, over real sockets. A stop that waits for a client takes seven seconds; these take as
// long as their answers.

const person = { email: 'admin@example.com', password: 'the administrator of the tests' };
const administrator = { POSTERN_ADMIN_EMAIL: person.email, POSTERN_ADMIN_PASSWORD: person.password };
/** Far from seven seconds, and enough for a machine that does other things too. */
const soon = 5000;

async function withServer(run: (server: ServerProcess) => Promise<void>): Promise<void> {
  const server = await ServerProcess.start({ env: administrator });
  try {
    await run(server);
  } finally {
    await server.kill();
  }
}

/** A connection that keeps everything that it was sent. */
class Line {
  readonly socket: Socket;
  readonly ended: Promise<unknown>;
  text = '';

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => {
      this.text += chunk.toString();
    });
    socket.on('error', () => {});
    this.ended = new Promise((resolve) => socket.on('close', resolve));
  }

  static async to(server: ServerProcess): Promise<Line> {
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    return new Line(socket);
  }

  write(text: string): void {
    this.socket.write(text);
  }

  /** Waits until it was sent so many whole answers. */
  async answers(count: number): Promise<void> {
    while (this.statuses.length < count) await sleep(10);
  }

  get statuses(): string[] {
    return [...this.text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status = '']) => status);
  }

  /** What each answer says of the connection. */
  get connections(): string[] {
    return this.text
      .split(/(?=HTTP\/1\.1 \d{3} )/)
      .map((answer) => /^connection: (\S+)\r$/im.exec(answer)?.[1]?.toLowerCase() ?? '');
  }
}

const get = (server: ServerProcess, path: string) =>
  `GET ${path} HTTP/1.1\r\nHost: ${new URL(server.url).host}\r\n\r\n`;

function signIn(server: ServerProcess): string {
  const body = new URLSearchParams({ ...person, return_to: '/account' }).toString();
  return (
    `POST /login HTTP/1.1\r\nHost: ${new URL(server.url).host}\r\nOrigin: ${server.url}\r\n` +
    `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  );
}

/** Sends SIGTERM and waits for the end. @returns how long that took, in milliseconds */
async function stop(server: ServerProcess): Promise<number> {
  const started = performance.now();
  server.signal('SIGTERM');
  assert.equal(await server.exited(), 0, server.output);
  return performance.now() - started;
}

describe('SIGTERM', { concurrency: 2 }, () => {
  test('ends a connection at once that is kept alive and has nothing to do', () =>
    withServer(async (server) => {
      const line = await Line.to(server);
      line.write(get(server, '/healthz'));
      await line.answers(1);
      const agent = new Agent({ keepAlive: true });
      const ofAgent = request({ agent, port: server.port, host: '127.0.0.1', path: '/healthz' }).end();
      const [answer] = await once(ofAgent, 'response');
      answer.resume();
      await once(answer, 'end');
      assert.ok((await stop(server)) < soon, 'it waited for a client that asks for nothing');
      await line.ended;
      agent.destroy();
    }));

  test('ends a connection that never asked at once', () =>
    withServer(async (server) => {
      const lines = await Promise.all([Line.to(server), Line.to(server)]);
      await send(server, '/healthz');
      assert.ok((await stop(server)) < soon);
      await Promise.all(lines.map(({ ended }) => ended));
    }));

  test('ends a connection that was answering with its answer, which says so', () =>
    withServer(async (server) => {
      const line = await Line.to(server);
      const whole = signIn(server);
      line.write(whole.slice(0, -10));
      await send(server, '/healthz');
      await sleep(100);
      const started = performance.now();
      server.signal('SIGTERM');
      await sleep(200);
      line.write(whole.slice(-10));
      assert.equal(await server.exited(), 0);
      assert.ok(performance.now() - started < soon, 'it waited for the client to hang up');
      await line.ended;
      assert.deepEqual(line.statuses, ['303']);
      assert.deepEqual(line.connections, ['close']);
    }));

  test('answers all that was asked on one connection before it, and only the last answer ends that', () =>
    withServer(async (server) => {
      const line = await Line.to(server);
      line.write(get(server, '/oauth2/jwks') + signIn(server) + signIn(server));
      await send(server, '/healthz');
      assert.ok((await stop(server)) < soon);
      await line.ended;
      assert.deepEqual(line.statuses, ['200', '303', '303']);
      assert.deepEqual(
        line.connections.map((connection) => connection === 'close'),
        [false, false, true],
      );
    }));

  test('sends what it has ready for one connection, and then ends that', () =>
    withServer(async (server) => {
      const line = await Line.to(server);
      line.write(signIn(server) + get(server, '/login') + get(server, '/oauth2/jwks'));
      await send(server, '/healthz');
      await sleep(50);
      assert.ok((await stop(server)) < soon);
      await line.ended;
      assert.deepEqual(line.statuses, ['303', '200', '200']);
      assert.ok(line.text.trimEnd().endsWith('}'), 'the last answer is whole');
    }));

  test('refuses whoever comes after it, while an answer is still on its way', () =>
    withServer(async (server) => {
      const line = await Line.to(server);
      const whole = signIn(server);
      line.write(whole.slice(0, -10));
      await send(server, '/healthz');
      server.signal('SIGTERM');
      await sleep(300);
      const late = connect(server.port, '127.0.0.1');
      const [error] = await Promise.race([once(late, 'error'), once(late, 'close')]);
      assert.ok(error, 'somebody was let in');
      line.write(whole.slice(-10));
      assert.equal(await server.exited(), 0);
      assert.deepEqual(line.statuses, ['303']);
    }));
});
