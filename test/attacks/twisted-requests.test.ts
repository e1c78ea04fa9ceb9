import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { MINUTE } from '../../server/base/units.ts';
import type { ApplicationView } from '../support/admin.ts';
import type { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { basic, send } from '../support/http.ts';
import { outcome } from '../support/oauth-client.ts';
import type { TestApp } from '../support/test-app.ts';
import { evilUri, redirectUri, type UnderAttack, underAttack } from '../support/under-attack.ts';

// Requests that mean one thing to who reads them and another to who acts on them, and what answers tell by their time. Other files
// have hostile bytes (hostile, properties), script in texts (pages) and images (registry).

forEachEngine((engine) => {
  let app: TestApp;
  let browser: Browser;
  let web: ApplicationView;
  let other: ApplicationView;
  let machine: ApplicationView;
  let adminToken: string;
  let token: UnderAttack['token'];
  let authorize: UnderAttack['authorize'];
  before(async () => {
    ({ app, browser, web, other, machine, adminToken, token, authorize } = await underAttack(engine));
  });
  after(() => app.close());

  describe('parameters', () => {
    test('in the query of a token, revocation or introspection request count for nothing', async () => {
      const query = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: machine.client_id,
        client_secret: machine.client_secret ?? '',
        token: adminToken,
      });
      for (const path of ['/oauth2/token', '/oauth2/revoke', '/oauth2/introspect']) {
        const answer = await send(app, `${path}?${query}`, { body: new URLSearchParams({ x: 'y' }) });
        assert.match(outcome(answer), /^(400 invalid_request|401 invalid_client)$/, path);
      }
    });

    test('that come twice are refused, at every endpoint and in every spelling of their name', async () => {
      const secret = machine.client_secret ?? '';
      const form = `grant_type=client_credentials&client_id=${machine.client_id}&client_secret=${secret}&token=x`;
      for (const again of [
        'grant_type=client_credentials',
        'client_id=x',
        '%63lient_id=x',
        'token=y',
        'unknown=1&unknown=1',
      ])
        for (const path of [
          '/oauth2/token',
          '/oauth2/revoke',
          '/oauth2/introspect',
          '/integrations/oauth2/api/v1/token',
        ])
          assert.equal(
            outcome(
              await send(app, path, {
                body: `${form}&${again}`,
                headers: { 'content-type': 'application/x-www-form-urlencoded' },
              }),
            ),
            '400 invalid_request',
            `${path} ${again}`,
          );
      const right = `client_id=${web.client_id}&response_type=code&redirect_uri=${encodeURIComponent(redirectUri)}`;
      for (const again of [
        `redirect_uri=${encodeURIComponent(evilUri)}`,
        `client_id=${other.client_id}`,
        'redirect%5Furi=x',
      ]) {
        const answer = await authorize(`${right}&${again}`);
        assert.equal(answer.status, 400);
        assert.equal(answer.headers.location, undefined);
      }
      for (const again of [
        'scope=api&scope=admin',
        'state=a&state=b',
        'response_type=code',
        'code_challenge=x&code_challenge=y',
      ]) {
        const { headers } = await authorize(`${right}&${again}`);
        const back = new URL(headers.location ?? '');
        assert.equal(back.origin, 'https://client.example.com');
        assert.equal(back.searchParams.get('error'), 'invalid_request');
        assert.equal(back.searchParams.get('code'), null);
      }
    });

    test('with array or object names are other parameters', async () => {
      for (const name of ['client_id[]', 'client_id[0]', 'client_id.x', 'client_id%00'])
        assert.equal(
          outcome(
            await send(app, '/oauth2/token', {
              body: `grant_type=client_credentials&${name}=${machine.client_id}&client_secret=${machine.client_secret}`,
              headers: { 'content-type': 'application/x-www-form-urlencoded' },
            }),
          ),
          '400 invalid_request',
        );
    });
  });

  describe('methods and content types', () => {
    test('other than those of an endpoint do nothing, whatever header or field says otherwise', async () => {
      const body = {
        grant_type: 'client_credentials',
        client_id: machine.client_id,
        client_secret: machine.client_secret ?? '',
      };
      for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'])
        assert.equal(
          (
            await send(app, `/oauth2/token?${new URLSearchParams(body)}`, {
              method,
              headers: { 'x-http-method-override': 'POST', 'x-method-override': 'POST' },
            })
          ).status,
          405,
          method,
        );
      for (const type of [
        'application/json',
        'text/plain',
        'multipart/form-data; boundary=x',
        'application/xml',
      ])
        assert.equal(
          outcome(
            await send(app, '/oauth2/token', {
              body: type === 'application/json' ? JSON.stringify(body) : new URLSearchParams(body).toString(),
              headers: { 'content-type': type },
            }),
          ),
          '400 invalid_request',
          type,
        );
      const deleting = await browser.request(`/account?_method=DELETE`, {
        headers: { 'x-http-method-override': 'DELETE' },
      });
      assert.equal(deleting.status, 200);
      const application = await app.admin.call('GET', `/applications/${web.id}?_method=DELETE`, undefined, {
        'x-http-method-override': 'DELETE',
      });
      assert.equal(application.status, 200);
      assert.equal((await app.admin.call('GET', `/applications/${web.id}`)).status, 200);
    });
  });

  describe('injection', () => {
    test('of lines into headers ends up as one encoded value, or a refusal', async () => {
      for (const evil of [
        'x\r\nSet-Cookie: postern=evil',
        'x\nLocation: https://evil.example.com',
        'x\u2028y',
        'x\u0000y',
      ]) {
        const { headers, status } = await authorize({
          client_id: web.client_id,
          response_type: 'token',
          redirect_uri: redirectUri,
          state: evil,
        });
        assert.equal(status, 303);
        assert.equal(headers['set-cookie'], undefined);
        assert.doesNotMatch(headers.location ?? '', /[\r\n\u2028\u0000]/);
        assert.equal(new URL(headers.location ?? '').searchParams.get('state'), evil);
        const login = await browser.request(`/login?return_to=${encodeURIComponent(`/account?${evil}`)}`);
        assert.equal(login.headers['set-cookie'], undefined);
      }
    });

    test('of lines into the log leaves one JSON object a line, and none that a stranger wrote', async () => {
      const evil = '{"level":50,"msg":"the database was deleted"}';
      for (const text of [`\r\n${evil}\r\n`, `\n${evil}`, `"}\n${evil}`]) {
        const encoded = encodeURIComponent(text);
        await send(app, `/nowhere/${encoded}?x=${encoded}`, {
          headers: { 'user-agent': encoded, referer: encoded },
        });
        await send(app, '/login', { body: new URLSearchParams({ email: text, password: text }) });
        await token({ grant_type: text, client_id: text });
        await send(app, `/api/v1/users/${encoded}`);
      }
      for (const line of app.logText().split('\n').filter(Boolean)) {
        const entry = JSON.parse(line) as { msg?: string };
        assert.doesNotMatch(entry.msg ?? '', /database was deleted/);
      }
    });

    test('of formulas, templates and queries into names comes back as it was written', async () => {
      for (const name of [
        "Robert'); DROP TABLE users;--",
        '{{7*7}} <%= 7*7 %> #{7*7}',
        '=cmd|calc',
        '$ne',
        '%s%n',
      ])
        assert.equal((await app.admin.updateApplication(other.id, { name }))['name'], name);
    });
  });

  describe('mass assignment', () => {
    test('of what is not one’s own to say is refused by name, in every body that takes fields', async () => {
      const person = await app.admin.createUser();
      const own = app.browser();
      await own.signIn(person);
      for (const field of [
        'role',
        'active',
        'id',
        'email',
        'instance_id',
        'password_hash',
        'created_at',
        '__proto__',
      ]) {
        const answer = await own.request('/api/v1/me', {
          method: 'PATCH',
          body: `{"name":"New","${field}":"administrator"}`,
          headers: { 'content-type': 'application/json' },
        });
        assert.equal(answer.status, 422, field);
      }
      const me = (await own.request('/api/v1/me')).json<{ role: string; name: string }>();
      assert.equal(me.role, 'user');
      assert.equal(me.name, person.name);

      for (const field of [
        'id',
        'client_id',
        'client_secret',
        'secrets',
        'instance_id',
        'created_by',
        'type',
        'public_keys',
      ])
        for (const [method, path] of [
          ['PATCH', `/applications/${web.id}`],
          ['POST', '/applications'],
        ] as const) {
          if (method === 'POST' && field === 'type') continue;
          const answer = await app.admin.call(method, path, {
            ...(method === 'POST' && { type: 'web', name: 'Mass', redirect_uris: [redirectUri] }),
            [field]: '0'.repeat(32),
          });
          assert.equal(answer.status, 422, `${method} ${field}`);
        }
      for (const field of ['max_applications', 'id', 'handle', 'customer_id', 'url', 'host', 'created_at'])
        assert.equal((await app.admin.call('PATCH', '/instance', { [field]: 1 })).status, 422, field);
      for (const field of ['id', 'created_at', 'password_hash', 'last_active_at', 'email_key', 'instance_id'])
        assert.equal(
          (await app.admin.call('PATCH', `/users/${person.id}`, { [field]: 'x' })).status,
          422,
          field,
        );
    });

    test('on the pages’ forms is ignored', async () => {
      const person = await app.admin.createUser();
      const own = app.browser();
      const page = await own.signIn(person);
      const saved = await own.submitForm(page, { name: 'Renamed' });
      assert.equal(saved.status, 200);
      const body = new URLSearchParams({
        name: 'Again',
        locale: 'sv',
        role: 'administrator',
        active: '0',
        email: 'x@y.z',
      });
      await own.request('/account/profile', { body });
      const me = (await own.request('/api/v1/me')).json<{ role: string; email: string; name: string }>();
      assert.deepEqual([me.role, me.email, me.name], ['user', person.email, 'Again']);
    });
  });

  describe('the host', () => {
    test('that headers of strangers name is not believed, in links, redirects, issuers or cookies', async () => {
      const forwarded = {
        'x-forwarded-host': 'evil.example.com',
        'x-forwarded-proto': 'https',
        'x-forwarded-port': '8443',
        forwarded: 'host=evil.example.com;proto=https',
        'x-original-host': 'evil.example.com',
        'x-host': 'evil.example.com',
        'x-original-url': '/api/v1/users',
        'x-rewrite-url': '/api/v1/users',
      };
      const metadata = await send(app, '/.well-known/oauth-authorization-server', { headers: forwarded });
      assert.equal(metadata.json()['issuer'], app.url);
      assert.doesNotMatch(metadata.text, /evil/);
      const login = await send(app, '/login', {
        headers: forwarded,
        body: new URLSearchParams({ email: app.user.email, password: app.user.password }),
      });
      assert.equal(login.headers.location, '/');
      assert.match(login.headers['set-cookie']?.[0] ?? '', /^postern=/);
      assert.doesNotMatch(JSON.stringify(login.headers), /evil/);
      for (const host of [
        'evil.example.com',
        `${new URL(app.url).host}.evil.example.com`,
        `evil@${new URL(app.url).host}`,
        '',
        'localhost',
      ])
        assert.equal((await send(app, '/login', { headers: { host } })).status, 421, host);
    });

    test('of a request target in absolute form must be the one of the header (RFC 9112 3.2.2)', async () => {
      const { host } = new URL(app.url);
      const ask = (target: string, named = host) =>
        raw(`GET ${target} HTTP/1.1\r\nHost: ${named}\r\nConnection: close\r\n\r\n`);
      for (const path of [
        '/.well-known/oauth-authorization-server',
        '/login',
        '/api/v1/openapi.json',
        '/no',
      ]) {
        const answer = await ask(`http://evil.example.com${path}`);
        assert.match(answer, /^HTTP\/1\.1 421 /, path);
        assert.doesNotMatch(answer, /evil/);
        assert.match(await ask(`${app.url}${path}`, 'evil.example.com'), /^HTTP\/1\.1 421 /, path);
      }
      for (const target of [`http://${host}@evil.example.com/login`, `http://${host}\\@evil/login`, 'login'])
        assert.match(await ask(target), /^HTTP\/1\.1 4/, target);
      const metadata = '/.well-known/oauth-authorization-server';
      for (const target of [`${app.url}${metadata}`, `HTTP://${host.toUpperCase()}${metadata}?x`])
        assert.ok((await ask(target)).includes(`"issuer":"${app.url}"`), target);
      assert.match(await ask(`${app.url}/api/v1/nothing`), /^HTTP\/1\.1 404 .*application\/problem\+json/s);
      assert.match(await ask(`${app.url}?x=y`), /^HTTP\/1\.1 303 .*location: \/account/s);
    });

    test('must not be named twice, on no path (RFC 9112 3.2)', async () => {
      const { host } = new URL(app.url);
      for (const [first, second] of [
        [host, 'evil.example.com'],
        ['evil.example.com', host],
        [host, host],
      ])
        for (const path of ['/login', '/no', '/api/v1/users', '/oauth2/jwks', '/healthz', '/%', '/logos/%2'])
          assert.match(
            await raw(
              `GET ${path} HTTP/1.1\r\nHost: ${first}\r\nHost: ${second}\r\nConnection: close\r\n\r\n`,
            ),
            /^HTTP\/1\.1 400 /,
            `${path}, ${first}, ${second}`,
          );
    });

    test('is not all that counts once: neither the first nor the last of two is what a client meant', async () => {
      const { host } = new URL(app.url);
      const machine = await app.admin.createApplication({ type: 'machine' });
      const body = 'grant_type=client_credentials';
      const post = (...lines: string[]) =>
        raw(
          [
            'POST /oauth2/token HTTP/1.1',
            `Host: ${host}`,
            'Connection: close',
            `Content-Length: ${body.length}`,
            ...lines,
            '',
            body,
          ].join('\r\n'),
        );
      const good = `Authorization: ${basic(machine.client_id, machine.client_secret ?? '')}`;
      const bad = `Authorization: ${basic(machine.client_id, 'wrong')}`;
      const form = 'Content-Type: application/x-www-form-urlencoded';
      assert.match(await post(form, good), /^HTTP\/1\.1 200 /);
      for (const two of [
        [good, bad],
        [bad, good],
        [good, good],
      ])
        assert.match(await post(form, ...two), /^HTTP\/1\.1 401 .*invalid_client/s);
      for (const two of [
        [form, 'Content-Type: application/json'],
        ['Content-Type: application/json', form],
      ])
        assert.match(await post(good, ...two), /^HTTP\/1\.1 400 .*invalid_request/s);
    });

    test('requests that two servers in a row would read differently are refused', async () => {
      const { host } = new URL(app.url);
      const head = `POST /oauth2/token HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/x-www-form-urlencoded\r\n`;
      const hidden = `GET /api/v1/users HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
      for (const smuggled of [
        `${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
        `${head}Content-Length: 4\r\nContent-Length: 0\r\n\r\n${hidden}`,
        `${head}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${hidden}`,
        `${head}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${hidden}`,
        `${head}Content-Length: +4\r\n\r\nx=y\n${hidden}`,
      ]) {
        const answer = await raw(smuggled);
        assert.match(answer, /^HTTP\/1\.1 400 /, answer.slice(0, 80));
        assert.equal(answer.match(/^HTTP\/1\.1 /gm)?.length, 1, 'one answer, and the connection is closed');
      }
    });
  });

  test('a wrong password, an unknown user and a deactivated one cost the server the same work', async () => {
    const sleeping = await app.admin.createUser();
    await app.admin.must('PATCH', `/users/${sleeping.id}`, { active: false });
    const known = await app.admin.createUser();
    const emails = { wrong: known.email, unknown: 'nobody.at.all@example.com', deactivated: sleeping.email };
    const times: Record<string, number[]> = { wrong: [], unknown: [], deactivated: [] };
    // In turns, so that whatever else the machine does meets all of them; no more than the limits allow.
    for (let round = 0; round < 9; round++)
      for (const [kind, email] of Object.entries(emails)) {
        const start = performance.now();
        const answer = await send(app, '/login', {
          body: new URLSearchParams({ email, password: 'wrong wrong wrong' }),
        });
        times[kind]?.push(performance.now() - start);
        assert.equal(answer.status, 401);
      }
    const fastest = Object.values(times).map((each) => Math.min(...each));
    // Without the work for nobody the ratio would be ten or more.
    assert.ok(
      Math.max(...fastest) / Math.min(...fastest) < 3,
      fastest.map((each) => each.toFixed(1)).join(', '),
    );
    app.clock.advance(20 * MINUTE);
  });

  /** Sends bytes as they are. @returns everything that comes back until the connection ends */
  function raw(bytes: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(app.port, '127.0.0.1', () => socket.write(bytes));
      let text = '';
      socket.setTimeout(3_000, () => socket.destroy());
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(text));
    });
  }
});
