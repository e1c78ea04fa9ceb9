import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigError, parseConfig } from '../../server/process/config.ts';
import { testSecret } from '../support/test-app.ts';

const trustedHostsOf = (text: string) =>
  parseConfig({ POSTERN_TRUSTED_HOSTS: text, POSTERN_SECRET: testSecret }).trustedHosts;

describe('the hosts that may be asked wherever they are', () => {
  test('are none unless the operator names them', () => {
    assert.deepEqual(parseConfig({ POSTERN_SECRET: testSecret }).trustedHosts, []);
    assert.deepEqual(trustedHostsOf(''), []);
  });

  test('are names and addresses, with a port or without, and kept as URLs write them', () => {
    assert.deepEqual(
      trustedHostsOf(
        'keys.internal, KEYS.Internal:8443,10.0.0.5,10.0.0.5:80,[FD00:0::5],[fd00::5]:0443,my_host,münchen.example,0x7f.1',
      ),
      [
        'keys.internal',
        'keys.internal:8443',
        '10.0.0.5',
        '10.0.0.5:80',
        '[fd00::5]',
        '[fd00::5]:443',
        'my_host',
        'xn--mnchen-3ya.example',
        '127.0.0.1',
      ],
    );
  });

  for (const text of [
    'https://keys.internal',
    'keys.internal/keys',
    'user@keys.internal',
    '*.internal',
    '*',
    '10.0.0.0/8',
    'keys.internal:',
    'keys.internal:0',
    'keys.internal:65536',
    'keys.internal:https',
    'keys.internal,',
    ',',
    'keys internal',
    'fd00::5',
    '[fd00::5',
    '[fe80::1%eth0]',
    '300.0.0.1',
    'keys.internal#a',
    'keys.internal?a',
    'keys\\internal',
  ])
    test(`are not ${text}, which stops the start with one line that names the setting`, () => {
      assert.throws(
        () => trustedHostsOf(text),
        (error) => error instanceof ConfigError && /^POSTERN_TRUSTED_HOSTS [^\n]+$/.test(error.message),
      );
    });
});
