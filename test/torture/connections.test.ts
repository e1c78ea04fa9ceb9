import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connections } from '../../server/process/connections.ts';
import { Admin, type ApplicationView } from '../support/admin.ts';
import { Browser, type Person } from '../support/browser.ts';
import { basic } from '../support/http.ts';
import { OAuthClient, type Tokens } from '../support/oauth-client.ts';
import { ServerProcess } from '../support/server-process.ts';
import { minutes } from './options.ts';

// Connections that are slow, silent, endless or far too many, and honest clients who must not notice.

const person: Person = {
  id: '',
  email: 'admin@example.com',
  name: 'Ada',
  password: 'the administrator of the tests',
};
const isLong = minutes !== null;
/** More than a server keeps, in the long version. */
const many = isLong ? 6_000 : 1_500;
const megabyte = 2 ** 20;

describe('with', () => {
  let server: ServerProcess;
  let application: ApplicationView;
  let client: OAuthClient;
  let browser: Browser;
  let tokens: Tokens & { refresh_token: string };
  const sockets = new Set<Socket>();

  before(async () => {
    server = await ServerProcess.start({
      env: {
        POSTERN_ADMIN_EMAIL: person.email,
        POSTERN_ADMIN_PASSWORD: person.password,
        POSTERN_LOG_LEVEL: 'error',
        POSTERN_RATE_LIMITS: 'off',
      },
    });
    application = await new Admin(server, person).createApplication({
      type: 'web',
      redirect_uris: ['https://client.example.com/callback'],
    });
    client = new OAuthClient(server, application);
    browser = new Browser(server);
    tokens = await client.authorize(browser, person);
  });
  after(async () => {
    letGo();
    await server.kill();
  });

  function letGo(): void {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  }

  /** A connection on which the test says what it likes; null when it was refused. */
  async function open(text = ''): Promise<Socket | null> {
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    sockets.add(socket);
    try {
      await once(socket, 'connect');
    } catch {
      return null;
    }
    socket.resume();
    if (text) socket.write(text, 'latin1');
    return socket;
  }

  async function openMany(count: number, text = ''): Promise<void> {
    for (let opened = 0; opened < count; opened += 250)
      await Promise.all(Array.from({ length: Math.min(250, count - opened) }, () => open(text)));
  }

  /** A client and a user go about their business, on new connections and old ones. */
  async function expectHonestClientsServed(): Promise<void> {
    for (let round = 0; round < 5; round++) {
      tokens = await client.refreshTokens(tokens.refresh_token);
      assert.equal(await client.isActive(tokens.access_token), true);
      const { code, verifier } = await client.code(browser, person);
      assert.equal((await client.redeem(code, verifier)).status, 200);
      const answer = await exchange(
        `GET /healthz HTTP/1.1\r\nhost: localhost:${server.port}\r\nconnection: close\r\n\r\n`,
      );
      assert.match(answer, /^HTTP\/1\.1 200 /);
    }
  }

  /** Sends it on a new connection and reads until the server hangs up, 60 seconds at most. */
  async function exchange(text: string): Promise<string> {
    const socket = connect(server.port, '127.0.0.1');
    sockets.add(socket);
    let answer = '';
    socket.setEncoding('latin1').setTimeout(60_000, () => socket.destroy(new Error('no answer')));
    socket.on('data', (data: string) => {
      answer += data;
    });
    socket.on('error', () => {});
    socket.write(text, 'latin1');
    await new Promise((resolve) => socket.once('close', resolve));
    sockets.delete(socket);
    return answer;
  }

  /** Resident memory of the server in bytes, where the system tells. */
  function memory(): number {
    try {
      const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8')) ?? [];
      return Number(kilobytes) * 1024;
    } catch {
      return 0;
    }
  }

  test('thousands of silent connections', async () => {
    const before = memory();
    await openMany(many);
    await expectHonestClientsServed();
    const each = (memory() - before) / many;
    assert.ok(each < 100 * 1024, `${Math.round(each / 1024)} KiB for each connection`);
    letGo();
    await expectHonestClientsServed();
  });

  test('thousands of idle connections that have had their answer', async () => {
    await openMany(many, `GET /healthz HTTP/1.1\r\nhost: localhost:${server.port}\r\n\r\n`);
    await expectHonestClientsServed();
    letGo();
  });

  test('hundreds of requests that trickle in, head or body, and are ended in time', async () => {
    const host = `host: localhost:${server.port}\r\n`;
    const slow = [
      'GET /login HTTP/1.1\r\n',
      `POST /oauth2/token HTTP/1.1\r\n${host}content-type: application/x-www-form-urlencoded\r\ncontent-length: 60000\r\n\r\n`,
      `POST /oauth2/token HTTP/1.1\r\n${host}content-type: application/x-www-form-urlencoded\r\ntransfer-encoding: chunked\r\n\r\n`,
    ];
    const drops = ['x-more: 1\r\n', 'a', '1\r\na\r\n'];
    const trickling = await Promise.all(
      Array.from({ length: 450 }, async (_, index) => ({
        socket: await open(slow[index % 3]),
        drop: drops[index % 3],
      })),
    );
    const timer = setInterval(() => {
      for (const { socket, drop } of trickling) if (socket?.writable) socket.write(drop as string);
    }, 500);
    try {
      await expectHonestClientsServed();
      if (isLong) {
        const deadline = performance.now() + 60_000;
        while (sockets.size > 0 && performance.now() < deadline) await sleep(500);
        assert.equal(sockets.size, 0, 'connections were kept that never came to an end');
      }
    } finally {
      clearInterval(timer);
      letGo();
    }
  });

  test('connections that are half closed in the middle of a request, or broken', async () => {
    for (let count = 0; count < 300; count++) {
      const socket = await open(
        'POST /oauth2/token HTTP/1.1\r\nhost: localhost\r\ncontent-length: 50\r\n\r\nabc',
      );
      if (count % 2) socket?.end();
      else socket?.resetAndDestroy();
    }
    await expectHonestClientsServed();
    letGo();
  });

  test('heads that are too large, which are 431', async () => {
    const answer = await exchange(
      `GET /login HTTP/1.1\r\nhost: localhost\r\nx: ${'a'.repeat(40_000)}\r\n\r\n`,
    );
    assert.match(answer, /^HTTP\/1\.1 431 /);
    const lines = 'x-a: b\r\n'.repeat(6_000);
    assert.match(
      await exchange(`GET /login HTTP/1.1\r\nhost: localhost\r\n${lines}\r\n`),
      /^HTTP\/1\.1 431 /,
    );
    await expectHonestClientsServed();
  });

  test('bodies that are too large, told or not told, which are 413 and not kept in memory', async () => {
    const head = `POST /oauth2/token HTTP/1.1\r\nhost: localhost:${server.port}\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded\r\n`;
    const told = await exchange(`${head}content-length: 1000000000\r\n\r\n`);
    assert.match(told, /^HTTP\/1\.1 413 /);
    const chunked = `${head}transfer-encoding: chunked\r\n\r\n`;
    assert.match(await exchange(`${chunked}11170\r\n${'a'.repeat(70_000)}\r\n`), /^HTTP\/1\.1 413 /);
    const before = memory();
    const chunk = `${(megabyte).toString(16)}\r\n${'a'.repeat(megabyte)}\r\n`;
    const answers = await Promise.all(
      Array.from({ length: 8 }, async () => {
        let answer = '';
        const socket = await open(chunked);
        socket?.on('data', (data: Buffer) => {
          answer += data.toString('latin1');
        });
        for (let sent = 0; sent < 20 && socket?.writable; sent++)
          if (!socket.write(chunk))
            await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => {});
        const deadline = performance.now() + 30_000;
        while (answer === '' && !socket?.destroyed && performance.now() < deadline) await sleep(50);
        return answer;
      }),
    );
    // Whoever goes on sending may lose the answer with the connection.
    for (const answer of answers) if (answer) assert.match(answer, /^HTTP\/1\.1 413 /);
    await expectHonestClientsServed();
    const grown = memory() - before;
    assert.ok(grown < 100 * megabyte, `grew by ${Math.round(grown / megabyte)} MiB`);
    letGo();
  });

  test('hundreds of requests at once on one connection, which are answered in their order', async () => {
    const form = 'grant_type=refresh_token&refresh_token=prt_nothing';
    const count = 500;
    const post = (index: number, last: boolean) =>
      `POST /oauth2/token?n=${index} HTTP/1.1\r\nhost: localhost:${server.port}\r\n` +
      `authorization: ${basic(application.client_id, application.client_secret ?? '')}\r\n` +
      `${last ? 'connection: close\r\n' : ''}content-type: application/x-www-form-urlencoded\r\n` +
      `content-length: ${form.length}\r\n\r\n${form}`;
    const get = `GET /healthz HTTP/1.1\r\nhost: localhost:${server.port}\r\n\r\n`;
    let text = '';
    for (let index = 0; index < count; index++) text += index % 2 ? post(index, index === count - 1) : get;
    const served = expectHonestClientsServed();
    const statuses = [...(await exchange(text)).matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status);
    assert.deepEqual(
      statuses,
      Array.from({ length: count }, (_, index) => (index % 2 ? '400' : '200')),
    );
    await served;
  });

  test('thousands of requests whose answers nobody reads', async () => {
    const path = '/api/v1/openapi.json';
    const get = `GET ${path} HTTP/1.1\r\nhost: localhost:${server.port}\r\n\r\n`;
    const before = memory();
    for (let index = 0; index < (isLong ? 200 : 40); index++) {
      const socket = await open();
      socket?.pause();
      socket?.write(get.repeat(800));
    }
    await expectHonestClientsServed();
    // What waits to be read stays; what the garbage collector has not come to yet goes.
    let grown = memory() - before;
    for (let tries = 0; tries < 20 && grown >= 200 * megabyte; tries++) {
      await sleep(500);
      grown = Math.min(grown, memory() - before);
    }
    assert.ok(grown < 200 * megabyte, `${Math.round(grown / megabyte)} MiB more`);
    letGo();
    await expectHonestClientsServed();
  });

  test('a stop in the middle of all this, it ends within ten seconds', async () => {
    await openMany(300);
    await openMany(100, 'POST /oauth2/token HTTP/1.1\r\nhost: localhost\r\ncontent-length: 50\r\n\r\nabc');
    server.signal('SIGTERM');
    const began = performance.now();
    assert.equal(await server.exited(), 0);
    assert.ok(performance.now() - began < 10_000);
    letGo();
  });
});

test('who asks and asks without reading the answers loses the connection, and nobody else does', async () => {
  const waiting: ServerResponse[] = [];
  const server = createServer((_request, response) => waiting.push(response));
  new Connections(server, 20);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const get = 'GET / HTTP/1.1\r\nhost: localhost\r\n\r\n';
  const open = async (requests: number) => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    await once(socket, 'connect');
    socket.write(get.repeat(requests));
    return socket;
  };
  const honest = await Promise.all([open(1), open(3), open(1)]);
  await sleep(50);
  const greedy = await open(16);
  await once(greedy, 'close');
  assert.deepEqual(
    honest.map(({ closed }) => closed),
    [false, false, false],
  );
  // What was forgotten with it counts no more: as many as before may wait again.
  const next = await open(14);
  await sleep(100);
  assert.equal(next.closed, false);
  for (const socket of [...honest, next]) socket.destroy();
  server.close();
});

test('a server that is full closes the connection that has waited longest, and never one that is being answered', async () => {
  const waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/slow') waiting.push(() => response.end('slow'));
    else response.end('quick');
  });
  new Connections(server, 3);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const open = async (text = '') => {
    const socket = connect(port, '127.0.0.1');
    const state = { socket, closed: false, text: '' };
    socket.on('close', () => {
      state.closed = true;
    });
    socket.on('data', (data) => {
      state.text += data;
    });
    await once(socket, 'connect');
    if (text) socket.write(text);
    await sleep(50);
    return state;
  };
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`;

  const answered = await open(get('/slow'));
  const silent = await open();
  const idle = await open(get('/quick'));
  assert.match(idle.text, /quick/);
  const fourth = await open();
  assert.deepEqual([answered.closed, silent.closed, idle.closed, fourth.closed], [false, true, false, false]);
  const fifth = await open(get('/quick'));
  assert.deepEqual([answered.closed, idle.closed, fourth.closed, fifth.closed], [false, true, false, false]);
  for (const end of waiting) end();
  await sleep(50);
  assert.match(answered.text, /slow/);
  for (const { socket } of [answered, fourth, fifth]) socket.destroy();
  server.close();
});
