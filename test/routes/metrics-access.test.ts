import assert from 'node:assert/strict';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { send, type Target } from '../support/http.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// Who may read the metrics, and what health answers to OPTIONS. A proxy on the same machine makes everybody look local.

const publicUrl = 'https://login.example.com';
const token = 'a-token-for-the-metrics';

/** A proxy on this machine that says nothing of whom it brings. @param host what it makes of the host name */
async function startProxy(target: Target, host: 'kept' | 'rewritten'): Promise<Server> {
  const proxy = createServer((request, response) => {
    const headers = { ...request.headers, ...(host === 'rewritten' && { host: `127.0.0.1:${target.port}` }) };
    const { method, url } = request;
    const onward = httpRequest(
      { host: '127.0.0.1', port: target.port, method, path: url, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return proxy;
}

describe('a public server', () => {
  for (const [what, config] of [
    ['that trusts no proxy', {}],
    ['that trusts the proxy on its machine', { POSTERN_TRUST_PROXY: '127.0.0.1' }],
  ] as const)
    for (const host of ['kept', 'rewritten'] as const)
      test(`${what} shows its metrics to nobody who comes through one, the host name ${host}`, async (t) => {
        const app = await startApp({
          engine: 'sqlite',
          url: publicUrl,
          config: { ...config, POSTERN_METRICS_TOKEN: token },
        });
        const proxy = await startProxy(app, host);
        t.after(async () => {
          proxy.closeAllConnections();
          proxy.close();
          await app.close();
        });
        const { port } = proxy.address() as AddressInfo;
        const ask = async (name: string, headers: Record<string, string> = {}) =>
          (await send({ url: publicUrl, port }, '/metrics', { headers: { host: name, ...headers } })).status;
        const names = ['login.example.com', 'localhost', `localhost:${app.port}`, '127.0.0.1', '[::1]'];
        for (const name of names) assert.equal(await ask(name), 403, name);
        for (const name of names)
          assert.equal(await ask(name, { authorization: `Bearer ${token}` }), 200, name);
        // And whoever sits at the machine cannot be told from them.
        for (const name of names)
          assert.equal((await send(app, '/metrics', { headers: { host: name } })).status, 403, name);
      });
});

describe('a server of this machine alone', () => {
  let app: TestApp;
  before(async () => {
    app = await startApp({ engine: 'sqlite' });
  });
  after(() => app.close());

  test('shows its metrics to whoever asks from it, and not through a proxy or tunnel that says so', async () => {
    const ask = async (headers: Record<string, string>) => (await send(app, '/metrics', { headers })).status;
    for (const host of ['localhost', '127.0.0.1', '[::1]', new URL(app.url).host])
      assert.equal(await ask({ host }), 200, host);
    for (const name of [
      'x-forwarded-for',
      'x-forwarded-server',
      'forwarded',
      'via',
      'x-real-ip',
      'cf-connecting-ip',
    ])
      assert.equal(await ask({ [name]: '127.0.0.1' }), 403, name);
    assert.equal(await ask({ authorization: 'Bearer guessed' }), 403);
    assert.equal(await ask({ host: 'evil.example.com' }), 421);
  });

  test('answers OPTIONS of the health paths with 204, on any host', async () => {
    for (const path of ['/healthz', '/readyz'])
      for (const host of [new URL(app.url).host, 'evil.example.com', '10.0.0.7:3000']) {
        const answer = await send(app, path, {
          method: 'OPTIONS',
          headers: { host, origin: 'https://anybody.example.com', 'access-control-request-method': 'GET' },
        });
        assert.equal(answer.status, 204, `${path} at ${host}`);
        assert.equal(answer.text, '');
        assert.equal(answer.headers['allow'], 'GET, HEAD, OPTIONS');
        assert.equal(answer.headers['access-control-allow-origin'], undefined);
      }
  });
});
