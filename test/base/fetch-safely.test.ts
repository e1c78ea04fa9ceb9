import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  createFetchSafely,
  type FetchRefusal,
  FetchRefused,
  type FetchSafelyOptions,
  type Resolve,
} from '../../server/base/fetch-safely.ts';
import { selfSigned } from '../support/certificate.ts';
import { listen, listenRaw } from '../support/listener.ts';

const publicInstance = { url: 'https://login.example.com' };
const loopbackInstance = { url: 'http://localhost:3000' };
/** One of the Internet. Nothing is sent there, since connections from 127.0.0.1 lead nowhere but to this machine. */
const elsewhere = { address: '8.8.8.8', family: 4 };
const localAddress = '127.0.0.1';
const loopback = { address: '127.0.0.1', family: 4 };

const door = (options: Partial<FetchSafelyOptions> = {}) =>
  createFetchSafely({ trustedHosts: [], localAddress, ...options });
const hello: RequestListener = (_, response) => response.end('hello');
const certificate = selfSigned(['localhost', 'keys.example']);

/** A resolver that gives one answer after the other, and the last one from then on. */
function changing(...answers: Awaited<ReturnType<Resolve>>[]): Resolve & { asked: string[] } {
  const asked: string[] = [];
  const resolve = async (hostname: string) =>
    answers[Math.min(asked.push(hostname), answers.length) - 1] ?? [];
  return Object.assign(resolve, { asked });
}

async function refused(answer: Promise<unknown>, reason: FetchRefusal): Promise<string> {
  const error = await answer.then(
    () => assert.fail('it was answered'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof FetchRefused, String(error));
  assert.ok(error.reason === reason, `${error.reason}: ${error.message}`);
  assert.match(error.message, /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
  assert.doesNotMatch(error.message, /\d+\.\d+\.\d+\.\d+|::|hello|secret/);
  return error.message;
}

describe('what an answer is', () => {
  test('status, headers and body come from a host over TLS whose certificate is trusted', async () => {
    const server = await listen((request, response) => {
      response.writeHead(404, { 'content-type': 'text/plain', 'set-cookie': ['a=b', 'c=d'] });
      response.end(`${request.headers.accept}, ${request.headers['accept-encoding']}`);
    }, certificate);
    const fetchSafely = door({ ca: certificate.cert });
    const url = `https://localhost:${server.port}/keys?of=us#part`;
    const answer = await fetchSafely(loopbackInstance, url, { accept: 'application/json' });
    assert.equal(answer.status, 404);
    assert.equal(answer.headers['content-type'], 'text/plain');
    assert.equal(answer.headers['set-cookie'], 'a=b, c=d');
    assert.equal(answer.body, 'application/json, identity');
    assert.deepEqual(server.requests, ['GET /keys?of=us']);
  });

  test('a form is sent whole, with the headers that were asked for', async () => {
    const server = await listen((request, response) => {
      request.setEncoding('utf8').on('data', (body) => {
        response.end(`${request.headers['content-type']} ${request.headers['content-length']} ${body}`);
      });
    });
    const answer = await door()(loopbackInstance, `http://127.0.0.1:${server.port}/`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain', 'accept-encoding': 'gzip' },
      body: 'logout_token=ä',
    });
    assert.equal(answer.body, 'text/plain 15 logout_token=ä');
  });
});

describe('a host that is not to be trusted', () => {
  test('needs a certificate that somebody trusted vouches for, of its own name', async () => {
    const server = await listen(hello, certificate);
    const url = `https://localhost:${server.port}/`;
    const untrusted = await refused(door()(loopbackInstance, url), 'unreachable');
    assert.match(untrusted, /certificate/);
    const other = selfSigned(['other.example']);
    const misnamed = await listen(hello, other);
    const fetchSafely = door({ ca: other.cert });
    assert.match(
      await refused(fetchSafely(loopbackInstance, `https://localhost:${misnamed.port}/`), 'unreachable'),
      /certificate/,
    );
    assert.deepEqual([...server.requests, ...misnamed.requests], []);
  });

  test('leads nowhere by a redirect, not even to itself', async () => {
    const inner = await listen(hello);
    for (const status of [300, 301, 302, 303, 304, 307, 308]) {
      const outer = await listen((_, response) => {
        response.writeHead(status, { location: `http://127.0.0.1:${inner.port}/` });
        response.end('secret');
      });
      await refused(door()(loopbackInstance, `http://localhost:${outer.port}/`), 'redirect');
      assert.equal(outer.requests.length, 1);
    }
    assert.equal(inner.connections(), 0);
  });

  test('holds nobody up for longer than the limit: not before it answers, in its headers, nor in its body', async () => {
    const silent = await listenRaw(() => {});
    const dripping = await listenRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const drip = setInterval(() => socket.write('X-Again: and again\r\n'), 20);
      socket.on('close', () => clearInterval(drip));
    });
    const slow = await listen((_, response) => {
      const drip = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(drip));
    });
    const unsure = await listen((_, response) => {
      const drip = setInterval(() => response.writeProcessing(), 20);
      response.on('close', () => clearInterval(drip));
    });
    const timeLimit = 300;
    const fetchSafely = door({ timeLimit });
    for (const { port } of [silent, dripping, slow, unsure]) {
      const begun = performance.now();
      await refused(fetchSafely(loopbackInstance, `http://127.0.0.1:${port}/`), 'timeout');
      assert.ok(performance.now() - begun < timeLimit + 700);
    }
  });

  test('holds nobody up by a name that is never found either, and five seconds are the limit', async () => {
    const never: Resolve = () => new Promise(() => {});
    const begun = performance.now();
    await refused(door({ resolve: never })(publicInstance, 'https://keys.example/'), 'timeout');
    const took = performance.now() - begun;
    assert.ok(took > 4900 && took < 6500, String(took));
  });

  test('fills no memory: its body ends at 64 KiB, announced or not', async () => {
    let written = 0;
    const endless = await listen((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(16 * 1024, '.'))) written += 16;
      };
      response.on('drain', more);
      more();
    });
    const announced = await listen((_, response) => {
      response.writeHead(200, { 'content-length': 64 * 1024 + 1 });
      response.write('.');
    });
    for (const { port } of [endless, announced])
      await refused(door()(loopbackInstance, `http://127.0.0.1:${port}/`), 'too_large');
    assert.ok(written < 64 * 1024, `${written} KiB were sent`);

    const most = await listen((_, response) => response.end(Buffer.alloc(64 * 1024, 'x')));
    const { body } = await door()(loopbackInstance, `http://127.0.0.1:${most.port}/`);
    assert.equal(body.length, 64 * 1024);
  });

  test('packs no large body into a small one, whether or not it says so', async () => {
    const bomb = gzipSync(Buffer.alloc(10 * 1024 * 1024));
    for (const encoding of ['gzip', 'identity, gzip', 'br', 'x-unheard-of']) {
      const server = await listen((_, response) => {
        response.writeHead(200, { 'content-encoding': encoding });
        response.end(bomb);
      });
      await refused(door()(loopbackInstance, `http://127.0.0.1:${server.port}/`), 'compressed');
    }
    const unsaid = await listen((_, response) => response.end(bomb));
    const { body } = await door()(loopbackInstance, `http://127.0.0.1:${unsaid.port}/`);
    assert.ok(body.length <= bomb.length);
  });

  test('need not speak HTTP, nor speak it to the end', async () => {
    const endings = [
      'secret and no HTTP\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsecret',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: secret\r\nConnection: upgrade\r\n\r\n',
      '',
    ];
    for (const text of endings) {
      const server = await listenRaw((socket) => socket.end(text));
      await refused(door()(loopbackInstance, `http://127.0.0.1:${server.port}/`), 'unreachable');
    }
    const server = await listenRaw((socket) => {
      socket.end(`HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(200_000)}\r\n\r\n`);
    });
    await refused(door()(loopbackInstance, `http://127.0.0.1:${server.port}/`), 'too_large');
    await server.close();
    await refused(door()(loopbackInstance, `http://127.0.0.1:${server.port}/`), 'unreachable');
  });
});

describe('an address that is not of the Internet', () => {
  test('is refused in every spelling, and nothing is sent there', async () => {
    const server = await listen(hello);
    const secure = await listen(hello, certificate);
    const resolve = changing([loopback]);
    const fetchSafely = door({ resolve, ca: certificate.cert });
    const hosts = [
      ...['127.0.0.1', '127.1', '2130706433', '0x7f000001', '0177.0.0.1', '017700000001', '0x7f.1'],
      ...['127.0.0.1.', '127.255.255.254', '0.0.0.0', '0', '１２７.0.0.1', '127。0。0。1', '%31%32%37.0.0.1'],
      ...['[::1]', '[::]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]'],
      ...[
        '[64:ff9b::7f00:1]',
        '[64:ff9b:1::7f00:1]',
        '[2002:7f00:1::]',
        '[2001:0:1::80ff:fffe]',
        '[::ffff:0:7f00:1]',
      ],
      ...['localhost', 'localhost.', 'LOCALHOST', 'keys.localhost', 'keys.example', 'keys.example.'],
    ];
    for (const host of hosts) {
      const url = `https://${host}:${secure.port}/`;
      await refused(fetchSafely(publicInstance, url), 'forbidden_address');
      await refused(fetchSafely(publicInstance, `http://${host}:${server.port}/`), 'not_https');
    }
    assert.equal(server.connections() + secure.connections(), 0);
  });

  test('may be private, shared, link-local, multicast, for documents or for measuring: all refused', async () => {
    const addresses = [
      ...['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '100.100.100.200'],
      ...[
        '169.254.169.254',
        '192.0.0.192',
        '192.0.2.1',
        '198.51.100.1',
        '203.0.113.1',
        '198.18.0.1',
        '198.19.255.255',
      ],
      ...['192.88.99.1', '168.63.129.16', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
      ...['fc00::1', 'fd00:ec2::254', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1', '100::1', '5f00::1'],
      ...[
        '2001:db8::1',
        '2001:2::1',
        '2001:10::1',
        '2001:20::1',
        '3fff::1',
        '4000::1',
        '::ffff:8.8.8.8',
        'nonsense',
      ],
    ];
    for (const address of addresses) {
      const resolve = changing([{ address, family: address.includes(':') ? 6 : 4 }]);
      await refused(door({ resolve })(publicInstance, 'https://keys.example/'), 'forbidden_address');
      if (address.includes('%') || address === 'nonsense') continue;
      const host = address.includes(':') ? `[${address}]` : address;
      await refused(door()(publicInstance, `https://${host}/`), 'forbidden_address');
    }
  });

  test('is not reached by a name that changes its mind between being looked up and being connected to', async () => {
    const server = await listen(hello, certificate);
    const resolve = changing([elsewhere], [loopback]);
    const fetchSafely = door({ resolve, ca: certificate.cert });
    const url = `https://keys.example:${server.port}/`;
    await refused(fetchSafely(publicInstance, url), 'unreachable');
    assert.equal(resolve.asked.length, 1, 'what was judged must be what is connected to');
    await refused(fetchSafely(publicInstance, url), 'forbidden_address');
    assert.equal(server.connections(), 0);
  });

  test('is not reached beside a public one in the same answer, whichever comes first', async () => {
    const server = await listen(hello, certificate);
    for (const answer of [
      [elsewhere, loopback],
      [loopback, elsewhere],
      [loopback, loopback, elsewhere, loopback],
    ]) {
      const fetchSafely = door({ resolve: changing(answer), ca: certificate.cert });
      await refused(fetchSafely(publicInstance, `https://keys.example:${server.port}/`), 'unreachable');
    }
    assert.equal(server.connections(), 0);
  });
});

describe('a URL', () => {
  test('is https, without a user, and of a host that there can be', async () => {
    const fetchSafely = door({ trustedHosts: ['keys.example'] });
    for (const [url, reason] of [
      ['nonsense', 'invalid_url'],
      ['https://', 'invalid_url'],
      ['https://user@keys.example/', 'invalid_url'],
      ['https://:password@keys.example/', 'invalid_url'],
      ['https://keys.example@localhost/', 'invalid_url'],
      ['https://*.example/', 'invalid_url'],
      ['https://keys.example:65536/', 'invalid_url'],
      ['http://keys.example.com/', 'not_https'],
      ['ftp://keys.example/', 'not_https'],
      ['file:///etc/passwd', 'not_https'],
      ['data:text/plain,hello', 'not_https'],
      ['unix:/var/run/docker.sock', 'not_https'],
    ] as const)
      await refused(fetchSafely(loopbackInstance, url), reason);
  });

  test('of a name that nobody knows is said to be that', async () => {
    const resolve: Resolve = async () => {
      throw Object.assign(new Error('getaddrinfo ENOTFOUND 10.0.0.1'), { code: 'ENOTFOUND' });
    };
    await refused(door({ resolve })(publicInstance, 'https://keys.example/'), 'not_found_name');
    await refused(
      door({ resolve: changing([]) })(publicInstance, 'https://keys.example/'),
      'forbidden_address',
    );
  });
});

describe('hosts of our own', () => {
  test('an instance on loopback asks loopback hosts by http, and these lead to this machine alone', async () => {
    const server = await listen(hello);
    const resolve = changing([{ address: '10.0.0.1', family: 4 }]);
    const fetchSafely = door({ resolve });
    for (const url of [
      'http://127.0.0.1:3000',
      'http://[::1]',
      'https://localhost',
      'http://one.localhost:3000',
    ])
      for (const host of ['localhost', '127.0.0.1', 'keys.localhost', '0x7f.1'])
        assert.equal((await fetchSafely({ url }, `http://${host}:${server.port}/`)).body, 'hello');
    assert.deepEqual(resolve.asked, []);
    // Others stay forbidden to it.
    await refused(fetchSafely(loopbackInstance, `http://10.0.0.1:${server.port}/`), 'not_https');
    await refused(fetchSafely(loopbackInstance, `https://10.0.0.1:${server.port}/`), 'forbidden_address');
    await refused(fetchSafely(loopbackInstance, `https://keys.example:${server.port}/`), 'forbidden_address');
    await refused(fetchSafely(loopbackInstance, `http://[::ffff:127.0.0.1]:${server.port}/`), 'not_https');
    await refused(fetchSafely(loopbackInstance, `http://0.0.0.0:${server.port}/`), 'not_https');
  });

  test('a trusted host may be anywhere and speak http, at its port where one is named; nothing else is looser', async () => {
    const server = await listen((request, response) => {
      if (request.url === '/away') response.writeHead(302, { location: '/' });
      response.end('hello');
    });
    const secure = await listen(hello, certificate);
    const resolve = changing([loopback]);
    const fetchSafely = door({
      resolve,
      ca: certificate.cert,
      trustedHosts: [
        'keys.example',
        `api.example:${server.port}`,
        '[::1]',
        '127.0.0.1',
        'standard.example:443',
      ],
    });
    const ask = (url: string) => fetchSafely(publicInstance, url);
    assert.equal((await ask(`http://keys.example:${server.port}/`)).body, 'hello');
    assert.equal((await ask(`https://KEYS.example:${secure.port}/`)).body, 'hello');
    assert.equal((await ask(`http://api.example:${server.port}/`)).body, 'hello');
    assert.equal((await ask(`http://127.0.0.1:${server.port}/`)).body, 'hello');
    await refused(ask(`http://api.example:${secure.port}/`), 'not_https');
    await refused(ask(`https://api.example:${secure.port}/`), 'forbidden_address');
    await refused(ask(`http://sub.keys.example:${server.port}/`), 'not_https');
    await refused(ask(`http://keys.example.:${server.port}/`), 'not_https');
    await refused(ask(`http://localhost:${server.port}/`), 'not_https');
    await refused(ask('http://standard.example/'), 'not_https');
    await refused(ask(`http://keys.example:${server.port}/away`), 'redirect');
    await refused(ask(`http://user@keys.example:${server.port}/`), 'invalid_url');
  });
});

test('a proxy of the environment, and a wish to check no certificates, do not count', async () => {
  const proxy = await listen(hello);
  const server = await listen(hello);
  const secure = await listen(hello, certificate);
  const program = `
    import { createFetchSafely } from '${join(import.meta.dirname, '../../server/base/fetch-safely.ts')}';
    const fetchSafely = createFetchSafely({ trustedHosts: [] });
    const from = { url: 'http://localhost' };
    const { body } = await fetchSafely(from, 'http://localhost:${server.port}/');
    const { message } = await fetchSafely(from, 'https://localhost:${secure.port}/').catch((error) => error);
    console.log(body, message);`;
  const address = `http://127.0.0.1:${proxy.port}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    env: {
      NODE_USE_ENV_PROXY: '1',
      HTTP_PROXY: address,
      HTTPS_PROXY: address,
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
    },
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await new Promise((resolve) => child.on('close', resolve));
  assert.match(output, /^hello the certificate of the host is not trusted/);
  assert.equal(proxy.connections(), 0);
});

test('nothing else in the server asks others, the database apart', () => {
  const root = join(import.meta.dirname, '../..');
  const asks =
    /\bfetch\(|\bimport (?!type\b)[^;]*\b(?:request|get|Agent|connect|createConnection|Socket)\b[^;]*from 'node:(?:https?|http2|net|tls)'|createRemoteJWKSet|'undici'/;
  assert.deepEqual(
    globSync('server/**/*.ts', { cwd: root }).filter((file) =>
      asks.test(readFileSync(join(root, file), 'utf8')),
    ),
    ['server/base/fetch-safely.ts'],
  );
});
