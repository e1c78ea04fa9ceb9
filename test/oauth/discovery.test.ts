import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { JSONWebKeySet } from 'jose';
import { send } from '../support/http.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

let app: TestApp;
before(async () => {
  app = await startApp({ engine: 'sqlite' });
});
after(() => app.close());

const read = async (path: string) =>
  (await send(app, path, { method: 'GET' })).json<Record<string, unknown>>();

test('one document describes the server as an authorization server and as an OpenID provider', async () => {
  const [oauth, openid] = await Promise.all([
    read('/.well-known/oauth-authorization-server'),
    read('/.well-known/openid-configuration'),
  ]);
  assert.deepEqual(openid, oauth);
  // What OpenID Connect Discovery 3 requires, beside what RFC 8414 does.
  assert.equal(openid['issuer'], app.url);
  assert.equal(openid['userinfo_endpoint'], `${app.url}/oauth2/userinfo`);
  // RP-Initiated Logout 2.1, Back-Channel Logout 2.1.
  assert.equal(openid['end_session_endpoint'], `${app.url}/oauth2/logout`);
  assert.equal(openid['backchannel_logout_supported'], true);
  assert.equal(openid['backchannel_logout_session_supported'], true);
  assert.deepEqual(openid['subject_types_supported'], ['public']);
  assert.deepEqual(openid['id_token_signing_alg_values_supported'], ['ES256', 'RS256']);
  assert.deepEqual(openid['response_modes_supported'], ['query', 'form_post']);
  assert.deepEqual(openid['acr_values_supported'], ['1', '2']);
  assert.equal(openid['claims_parameter_supported'], true);
  assert.deepEqual(openid['scopes_supported'], [
    'openid',
    'profile',
    'email',
    'offline_access',
    'api',
    'admin',
  ]);
});

test('every endpoint that is advertised answers', async () => {
  const metadata = await read('/.well-known/openid-configuration');
  const endpoints = Object.entries(metadata).filter(([name]) => /_endpoint$|^jwks_uri$/.test(name));
  assert.ok(endpoints.length >= 7);
  for (const [name, url] of endpoints) {
    const path = String(url).slice(app.url.length);
    assert.notEqual((await send(app, path, { method: 'GET' })).status, 404, name);
  }
});

test('the JWKS has keys for every algorithm that ID tokens are signed with', async () => {
  const metadata = await read('/.well-known/openid-configuration');
  const { keys } = (await read('/oauth2/jwks')) as unknown as JSONWebKeySet;
  const algorithms = new Set(keys.map(({ alg }) => alg));
  assert.deepEqual([...algorithms].sort(), metadata['id_token_signing_alg_values_supported']);
});

test('documents and keys are for every origin, and for no page without one', async () => {
  for (const path of ['/.well-known/openid-configuration', '/oauth2/jwks']) {
    const answer = await send(app, path, { method: 'GET', headers: { origin: 'https://a.example.com' } });
    assert.equal(answer.headers['access-control-allow-origin'], '*', path);
    const none = await send(app, path, { method: 'GET', headers: { origin: 'null' } });
    assert.equal(none.headers['access-control-allow-origin'], undefined, path);
  }
});
