import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MINUTE } from '../../server/base/units.ts';
import { checkApplicationFields, refuseFieldsOfOtherTypes } from '../../server/model/application-fields.ts';
import { initialScopes } from '../../server/model/instance.ts';
import { refuses } from '../support/refuses.ts';
import { startApp } from '../support/test-app.ts';

describe('where an application publishes its keys', () => {
  test('is https, or http on a loopback host', () => {
    for (const [jwksUri, isRight] of [
      [null, true],
      ['https://app.example.com/keys?of=us', true],
      ['https://10.0.0.1/keys', true], // where it may lead is judged when it is asked
      ['http://localhost:8080/keys', true],
      ['http://127.0.0.1/keys', true],
      ['http://[::1]/keys', true],
      ['http://app.example.com/keys', false],
      ['http://127.1/keys', false],
      ['https://app.example.com/keys#first', false],
      ['https://user:password@app.example.com/keys', false],
      ['file:///etc/keys', false],
      ['data:application/json,{}', false],
      ['keys', false],
    ] as const)
      assert.equal(
        checkApplicationFields('machine', { jwksUri }, initialScopes).length === 0,
        isRight,
        `${jwksUri}`,
      );
  });

  test('is nothing that single-page and mobile apps have, which have no keys', () => {
    refuses('not_for_type', () => refuseFieldsOfOtherTypes('spa', ['jwks_uri']));
    refuseFieldsOfOtherTypes('machine', ['jwks_uri']);
    refuseFieldsOfOtherTypes('web', ['jwks_uri']);
  });

  test('is a credential: a session that is older than its password gives none, but may take it away', async () => {
    const app = await startApp({ engine: 'sqlite' });
    const { id } = await app.admin.createApplication({
      type: 'web',
      jwks_uri: 'https://app.example.com/keys',
    });
    const browser = app.browser();
    await browser.signIn(app.administrator);
    app.clock.advance(16 * MINUTE);
    const patch = async (jwks_uri: string | null) =>
      (await browser.request(`/api/v1/applications/${id}`, { method: 'PATCH', body: { jwks_uri } })).status;
    assert.equal(await patch('https://attacker.example.com/keys'), 403);
    assert.equal(await patch(null), 200);
    assert.equal(await patch('https://app.example.com/keys'), 403);
    const [event] = (await app.admin.auditEvents('application.updated')) as [{ detail: object }];
    assert.deepEqual(event.detail, {
      changed: ['jwks_uri'],
      before: { jwks_uri: 'https://app.example.com/keys' },
      after: { jwks_uri: null },
    });
    await app.close();
  });
});
