import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { HOUR, SECOND } from '../../server/base/units.ts';
import type { ApplicationView } from '../support/admin.ts';
import { hasButton } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { textOf } from '../support/html-form.ts';
import { basic, send } from '../support/http.ts';
import { claimsOf, OAuthClient, pkcePair } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// Authorization requests that clients push (RFC 9126): good once, for their client, and no browser sees what is in them.

forEachEngine((engine) => {
  let app: TestApp;
  let web: OAuthClient;
  let other: OAuthClient;
  let spa: OAuthClient;
  const redirect_uris = ['https://client.example.com/callback'];

  before(async () => {
    app = await startApp({ engine });
    const make = async (type: string) =>
      new OAuthClient(
        app,
        await app.admin.must<ApplicationView>('POST', '/applications', { type, name: type, redirect_uris }),
      );
    [web, other, spa] = [await make('web'), await make('web'), await make('spa')];
  });

  const { verifier, challenge } = pkcePair();
  const request = (more: Record<string, string> = {}) => ({
    response_type: 'code',
    redirect_uri: redirect_uris[0] ?? '',
    scope: 'api',
    state: 'a state that nobody sees',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...more,
  });

  const push = (client: OAuthClient, parameters: Record<string, string>) =>
    send(app, '/oauth2/par', {
      body: new URLSearchParams({
        ...(client.secret === undefined && { client_id: client.application.client_id }),
        ...parameters,
      }),
      headers:
        client.secret === undefined
          ? {}
          : { authorization: basic(client.application.client_id, client.secret) },
    });
  const pushed = async (client = web, more: Record<string, string> = {}) => {
    const answer = await push(client, request(more));
    assert.equal(answer.status, 201, answer.text);
    return answer.json<{ request_uri: string; expires_in: number }>();
  };
  const at = (client: OAuthClient, request_uri: string) =>
    `/oauth2/authorize?${new URLSearchParams({ client_id: client.application.client_id, request_uri })}`;

  describe('a pushed request', () => {
    test('leads to a code, by way of the sign-in page and the consent page, in whichever language', async () => {
      const { request_uri, expires_in } = await pushed();
      assert.equal(expires_in, 90);
      assert.match(request_uri, /^urn:ietf:params:oauth:request_uri:[\w-]{43}$/);
      const browser = app.browser();
      const signIn = await browser.openPage(at(web, request_uri));
      assert.match(textOf(signIn.html), /to continue to web/);
      assert.doesNotMatch(
        signIn.html + signIn.path,
        /nobody.sees/,
        'its state is in no page and in no address',
      );
      app.clock.advance(10 * 60 * SECOND);
      let page = await browser.submitForm(signIn, { email: app.user.email, password: app.user.password });
      const [, swedish = ''] = /href="([^"]*ui_locales=sv[^"]*)"/.exec(page.html) ?? [];
      page = await browser.openPage(swedish.replaceAll('&amp;', '&'));
      assert.match(page.html, /lang="sv"/);
      const { leftTo } = await browser.submitForm(page, {}, { button: 'decision=allow' });
      assert.equal(leftTo?.searchParams.get('state'), 'a state that nobody sees');
      const tokens = await web.token({
        grant_type: 'authorization_code',
        code: leftTo?.searchParams.get('code') ?? '',
        redirect_uri: redirect_uris[0],
        code_verifier: verifier,
      });
      assert.equal(claimsOf(tokens.json<{ access_token: string }>().access_token)['scope'], 'api');
    });

    test('is good once, also when two come with it at the same moment', async () => {
      const { request_uri } = await pushed();
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => app.browser().request(at(web, request_uri))),
      );
      assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 400, 400, 400, 400, 400]);
      const late = await app.browser().openPage(at(web, request_uri));
      assert.match(textOf(late.html), /This request is used up/);
    });

    test('is not spent by an address that names two of them', async () => {
      const [{ request_uri: one }, { request_uri: other }] = [await pushed(), await pushed()];
      const browser = app.browser();
      await browser.signIn(app.user);
      const page = await browser.openPage(`${at(web, one)}&${new URLSearchParams({ request_uri: other })}`);
      assert.equal(page.leftTo?.searchParams.get('error'), 'invalid_request');
      for (const uri of [one, other]) assert.equal((await browser.request(at(web, uri))).status, 303);
    });

    test('is good for ninety seconds, for its own client, in its own instance', async () => {
      const { request_uri } = await pushed();
      assert.equal((await app.browser().request(at(other, request_uri))).status, 400);
      assert.equal((await app.browser().request(at(web, `${request_uri}x`))).status, 400);
      app.clock.advance(90 * SECOND);
      assert.equal((await app.browser().request(at(web, request_uri))).status, 400);
    });

    test('that was taken goes on for an hour, and nothing that stands beside it counts', async () => {
      const { request_uri } = await pushed();
      const browser = app.browser();
      const { location = '' } = (await browser.request(at(web, request_uri))).headers;
      const twisted = `${location}&client_id=${other.application.client_id}&scope=admin&redirect_uri=https%3A%2F%2Fevil.example`;
      const page = await browser.openPage(twisted);
      assert.match(textOf(page.html), /to continue to web/);
      app.clock.advance(HOUR);
      assert.equal((await browser.request(location)).status, 400);
      assert.equal((await browser.request(`${location}x`)).status, 400);
    });

    test('without redirect_uri, with another, with a request_uri or of nobody is refused when it is pushed', async () => {
      const wrong: [Record<string, string>, string][] = [
        [{ redirect_uri: 'https://evil.example/' }, 'invalid_request'],
        [{ scope: 'nothing' }, 'invalid_scope'],
        [{ response_type: 'token' }, 'unsupported_response_type'],
        [{ request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'invalid_request'],
        [{ resource: 'https://nowhere.example' }, 'invalid_target'],
      ];
      for (const [parameters, error] of wrong) {
        const answer = await push(web, request(parameters));
        assert.deepEqual([answer.status, answer.json()['error']], [400, error], JSON.stringify(parameters));
      }
      const nobody = await send(app, '/oauth2/par', {
        body: new URLSearchParams({ ...request(), client_id: web.application.client_id }),
      });
      assert.equal(nobody.status, 401);
      const machine = new OAuthClient(app, await app.admin.createApplication({ type: 'machine' }));
      assert.equal((await push(machine, request())).json()['error'], 'unauthorized_client');
      const rows = await app.services.db.sql<{ parameters: string }>`SELECT parameters FROM pushed_requests`;
      assert.ok(rows.every(({ parameters }) => !parameters.includes(web.secret ?? 'x')));
    });

    test('of a public client is as good, and its pages may send it', async () => {
      const { request_uri } = await pushed(spa);
      const page = await app.browser().openPage(at(spa, request_uri));
      assert.match(textOf(page.html), /to continue to spa/);
      const preflight = await send(app, '/oauth2/par', {
        method: 'OPTIONS',
        headers: { origin: 'https://client.example.com', 'access-control-request-method': 'POST' },
      });
      assert.equal(preflight.headers['access-control-allow-origin'], 'https://client.example.com');
    });
  });

  test('an application that must push is refused what it has not pushed', async () => {
    await app.admin.must('PATCH', `/applications/${other.application.id}`, {
      require_pushed_authorization_requests: true,
    });
    const plain = new URLSearchParams({ ...request(), client_id: other.application.client_id });
    const refused = await app.browser().authorize(plain, app.user);
    assert.equal(refused.searchParams.get('error'), 'invalid_request');
    assert.match(refused.searchParams.get('error_description') ?? '', /push/);
    const browser = app.browser();
    await browser.signIn(app.user);
    const { request_uri } = await pushed(other);
    assert.ok(hasButton(await browser.openPage(at(other, request_uri)), 'decision'));
    const metadata = (await send(app, '/.well-known/oauth-authorization-server')).json();
    assert.equal(metadata['pushed_authorization_request_endpoint'], `${app.url}/oauth2/par`);
  });
});
