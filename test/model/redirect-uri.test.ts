import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { checkRedirectUri, isClaimable } from '../../server/model/redirect-uri.ts';
import { runs } from '../support/property-runs.ts';

describe('redirect URIs', () => {
  const good = {
    web: [
      'https://app.example.com/callback',
      'https://app.example.com',
      'https://app.example.com:8443/cb?tenant=1&a=b',
      'https://app.workfrontfusion.com/oauth/cb/workfront-workfront',
      'http://localhost:3001/callback',
      'http://127.0.0.1/cb',
      'http://[::1]:8080/cb',
    ],
    spa: [
      'https://app.example.com/',
      'com.example.app:/callback',
      'com.example.app://callback',
      'http://localhost/cb',
    ],
  };
  const bad = [
    '',
    'app.example.com/callback',
    '/callback',
    '//app.example.com/cb',
    'http://app.example.com/callback',
    'http://localhost.example.com/cb',
    'http://127.0.0.1.example.com/cb',
    'http://127.1/cb',
    'http://2130706433/cb',
    'http://LOCALHOST/cb',
    'https://app.example.com/cb#fragment',
    'https://app.example.com/cb#',
    'https://user@app.example.com/cb',
    'https://user:password@app.example.com/cb',
    'https://@app.example.com/cb',
    'https://*.example.com/cb',
    'https://app.example.com/*',
    'https://app.example.com\\@evil.example/cb',
    'https://app.example.com/c b',
    'https://app.example.com/cb\n',
    'https://app.example.com/\u0000',
    'https://äpp.example.com/cb',
    'https:app.example.com/cb',
    'https:/app.example.com/cb',
    'https:///cb',
    'https://',
    'https://app.example.com:99999/cb',
    'https://app.example.com/cb?code=1',
    'https://app.example.com/cb?a=1&state=x',
    'https://app.example.com/cb?i%73s=x',
    'https://app.example.com/cb?error=x',
    'https://app.example.com/cb?domain=x',
    'https://app.example.com/cb?lane=x',
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'data:text/html,hello',
    'file:///etc/passwd',
    'blob:https://app.example.com/1',
    'vbscript:x',
    'ftp://app.example.com/cb',
    'ws://localhost/cb',
    'myapp://callback',
    'com.example.app:',
    'com.example.app://user@host/cb',
    'com.example.app:/cb?code=1',
    'com.example.app:/cb#x',
    `https://app.example.com/${'a'.repeat(2000)}`,
  ];

  for (const type of ['web', 'spa'] as const)
    for (const uri of good[type])
      test(`a ${type} application may register ${uri}`, () =>
        assert.equal(checkRedirectUri(uri, type), null));

  for (const uri of bad)
    test(`nobody may register ${JSON.stringify(uri).slice(0, 60)}`, () => {
      for (const type of ['web', 'spa'] as const) {
        const problem = checkRedirectUri(uri, type);
        assert.ok(problem, uri);
        assert.match(problem, /^must /);
      }
    });

  test('a scheme of one’s own is for single-page and mobile apps only', () => {
    assert.match(checkRedirectUri('com.example.app:/callback', 'web') ?? '', /https/);
  });

  test('whatever is accepted is what a browser would go to, on https or the loopback', () => {
    fc.assert(
      fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), fc.string(), (url, tail) => {
        const uri = url + tail;
        if (checkRedirectUri(uri, 'web') !== null) return;
        const parsed = new URL(uri);
        assert.ok(
          parsed.protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(parsed.hostname),
        );
        assert.equal(parsed.hash, '');
        assert.equal(parsed.username, '');
      }),
      runs(100),
    );
  });

  test('loopback addresses and private-use schemes can be claimed by any program, https elsewhere cannot', () => {
    for (const uri of [
      'http://localhost:1/cb',
      'http://127.0.0.1/cb',
      'http://[::1]/cb',
      'https://localhost/cb',
      'com.example.app:/cb',
    ])
      assert.equal(isClaimable(uri), true, uri);
    for (const uri of ['https://app.example.com/cb', 'https://localhost.example.com/'])
      assert.equal(isClaimable(uri), false, uri);
  });
});
