import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkApplicationFields, refuseFieldsOfOtherTypes } from '../../server/model/application-fields.ts';
import { initialScopes } from '../../server/model/instance.ts';
import {
  checkApplicationScopes,
  checkInstanceScopes,
  defaultApplicationScopes,
} from '../../server/model/scopes.ts';
import { refuses } from '../support/refuses.ts';

describe('fields of applications', () => {
  test('a field that does not belong to the type is refused by name', () => {
    for (const field of [
      'redirect_uris',
      'require_pkce',
      'refresh_token_rotation',
      'client_uri',
      'policy_uri',
      'developer_name',
      'developer_email',
      'logo_uri',
    ])
      refuses('not_for_type', () => refuseFieldsOfOtherTypes('machine', ['name', field]));
    for (const field of ['can_introspect', 'secrets', 'public_keys'])
      refuses('not_for_type', () => refuseFieldsOfOtherTypes('spa', [field]));
    refuseFieldsOfOtherTypes('web', ['name', 'redirect_uris', 'can_introspect', 'no_such_field']);
  });

  test('PKCE cannot be turned off for single-page apps', () => {
    assert.equal(checkApplicationFields('spa', { requirePkce: true }, initialScopes).length, 0);
    assert.equal(
      checkApplicationFields('spa', { requirePkce: false }, initialScopes)[0]?.path,
      'require_pkce',
    );
    assert.equal(checkApplicationFields('web', { requirePkce: false }, initialScopes).length, 0);
  });

  test('redirect URIs are at most twenty, and none twice', () => {
    const uris = Array.from({ length: 21 }, (_, index) => `https://app.example.com/${index}`);
    assert.deepEqual(checkApplicationFields('web', { redirectUris: uris.slice(1) }, initialScopes), []);
    assert.equal(
      checkApplicationFields('web', { redirectUris: uris }, initialScopes)[0]?.path,
      'redirect_uris',
    );
    const twice = ['https://a.example/', 'https://a.example/'];
    assert.equal(
      checkApplicationFields('web', { redirectUris: twice }, initialScopes)[0]?.path,
      'redirect_uris.1',
    );
  });

  test('lifetimes have bounds', () => {
    const wrong = [
      { accessTokenLifetime: 0 },
      { accessTokenLifetime: 86_401 },
      { accessTokenLifetime: 1.5 },
      { refreshTokenAbsoluteLifetime: 0 },
      { refreshTokenInactivityLifetime: 3_153_600_001 },
    ];
    for (const fields of wrong)
      assert.equal(checkApplicationFields('web', fields, initialScopes).length, 1, JSON.stringify(fields));
    assert.deepEqual(
      checkApplicationFields(
        'web',
        { refreshTokenAbsoluteLifetime: null, accessTokenLifetime: 86_400 },
        initialScopes,
      ),
      [],
    );
  });

  test('scopes are the instance’s and the built-in ones, each once', () => {
    assert.deepEqual(checkApplicationScopes('web', ['api', 'offline_access'], initialScopes), []);
    assert.equal(checkApplicationScopes('web', ['api', 'nope'], initialScopes)[0]?.path, 'scopes.1');
    assert.equal(checkApplicationScopes('web', ['api', 'api'], initialScopes)[0]?.path, 'scopes.1');
    assert.equal(checkApplicationScopes('web', [], initialScopes)[0]?.path, 'scopes');
    for (const name of ['openid', 'profile', 'email', 'offline_access']) {
      assert.deepEqual(checkApplicationScopes('spa', [name], initialScopes), []);
      assert.equal(checkApplicationScopes('machine', [name], initialScopes)[0]?.path, 'scopes.0');
    }
    assert.deepEqual(defaultApplicationScopes('machine', initialScopes), ['api']);
    assert.deepEqual(defaultApplicationScopes('spa', initialScopes), [
      'openid',
      'profile',
      'email',
      'api',
      'offline_access',
    ]);
  });

  test('an instance lists scopes of RFC 6749 only, each once, and never a built-in one', () => {
    assert.deepEqual(checkInstanceScopes(initialScopes), []);
    for (const name of [
      'openid',
      'profile',
      'email',
      'offline_access',
      'a b',
      'a"b',
      'a\\b',
      '',
      'é',
      'admin',
    ])
      assert.notEqual(
        checkInstanceScopes([...initialScopes, { name, description: 'x', default: false }]).length,
        0,
        name,
      );
    assert.equal(
      checkInstanceScopes([{ name: 'read', description: ' ', default: true }])[0]?.path,
      'scopes.0.description',
    );
  });
});
