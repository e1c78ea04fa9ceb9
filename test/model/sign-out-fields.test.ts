import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkApplicationFields, refuseFieldsOfOtherTypes } from '../../server/model/application-fields.ts';
import { initialScopes } from '../../server/model/instance.ts';
import { refuses } from '../support/refuses.ts';

const check = (fields: Parameters<typeof checkApplicationFields>[1], type: 'web' | 'spa' = 'web') =>
  checkApplicationFields(type, fields, initialScopes);

describe('where users may be sent after signing out', () => {
  test('is held to the rules of redirect URIs, each address by its place', () => {
    const postLogoutRedirectUris = [
      'https://app.example.com/bye',
      'http://app.example.com/bye',
      'https://app.example.com/bye#there',
      'https://user@app.example.com/bye',
      'https://*.example.com/bye',
      'javascript:alert(1)',
      'https://app.example.com/bye',
      '//app.example.com',
    ];
    assert.deepEqual(
      check({ postLogoutRedirectUris }).map(({ path }) => path),
      [1, 2, 3, 4, 5, 6, 7].map((index) => `post_logout_redirect_uris.${index}`),
    );
  });

  test('may have the parameters of an authorization response, but no state, which comes back there', () => {
    assert.deepEqual(check({ postLogoutRedirectUris: ['https://a.example/?code=1&iss=2&error=3'] }), []);
    const [wrong] = check({ postLogoutRedirectUris: ['https://a.example/?a=1&st%61te=2'] });
    assert.match(wrong?.message ?? '', /state/);
  });

  test('may be a scheme of the app’s own for single-page and mobile apps alone', () => {
    const postLogoutRedirectUris = ['com.example.app:/bye'];
    assert.deepEqual(check({ postLogoutRedirectUris }, 'spa'), []);
    assert.equal(check({ postLogoutRedirectUris }, 'web').length, 1);
  });

  test('are at most twenty', () => {
    const postLogoutRedirectUris = Array.from({ length: 21 }, (_, index) => `https://a.example/${index}`);
    assert.deepEqual(check({ postLogoutRedirectUris: postLogoutRedirectUris.slice(1) }), []);
    assert.equal(check({ postLogoutRedirectUris })[0]?.path, 'post_logout_redirect_uris');
  });
});

describe('where logout tokens are sent', () => {
  test('is https, or http on a loopback host', () => {
    for (const backchannelLogoutUri of [
      null,
      '',
      'https://app.example.com/logout?state=kept&code=kept',
      'https://10.0.0.1/logout',
      'http://localhost:8080/logout',
      'http://127.0.0.1/logout',
      'http://[::1]:8080/logout',
    ])
      assert.deepEqual(check({ backchannelLogoutUri }), [], `${backchannelLogoutUri}`);
    for (const backchannelLogoutUri of [
      'http://app.example.com/logout',
      'http://127.1/logout',
      'https://app.example.com/logout#here',
      'https://user:password@app.example.com/logout',
      'ftp://app.example.com/logout',
      'file:///etc/passwd',
      'gopher://127.0.0.1/',
      'com.example.app:/logout',
      'https://app.example.com/log out',
      '/logout',
      `https://app.example.com/${'a'.repeat(2000)}`,
    ])
      assert.deepEqual(
        check({ backchannelLogoutUri }).map(({ path }) => path),
        ['backchannel_logout_uri'],
        backchannelLogoutUri,
      );
  });
});

test('applications without users have nothing to do with sign-out', () => {
  for (const field of [
    'post_logout_redirect_uris',
    'backchannel_logout_uri',
    'backchannel_logout_session_required',
  ])
    refuses('not_for_type', () => refuseFieldsOfOtherTypes('machine', [field]));
});
