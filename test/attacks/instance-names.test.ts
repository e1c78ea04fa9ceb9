import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createUser } from '../../server/accounts/users.ts';
import { actOfOperator } from '../../server/model/act.ts';
import { makeInstance } from '../../server/registry/instances/make.ts';
import { findInstanceByHandle } from '../../server/store/instances.ts';
import { Admin } from '../support/admin.ts';
import { forEachEngine } from '../support/engines.ts';
import type { Target } from '../support/http.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// The administrator of one tenant, who would like to know who the others are, or to be taken for one of them.

forEachEngine((engine) => {
  let app: TestApp;
  let attacker: Admin;

  before(async () => {
    app = await startApp({ engine });
    const { services } = app;
    const target: Target = { url: `http://evil.localhost:${app.port}`, port: app.port };
    const instance = await services.db.transaction((tx) =>
      makeInstance(tx, services.signingKeys, services.clock(), { name: 'Evil', url: target.url }),
    );
    const { email, name, password } = app.administrator;
    const role = 'administrator';
    const user = await createUser(services, actOfOperator(instance), { email, name, password, role });
    attacker = new Admin(target, { id: user.id, email, name, password });
    await app.admin.updateInstance({ name: 'Secret Merger GmbH' });
  });
  after(() => app.close());

  test('a name tells nobody whether another tenant has it', async () => {
    for (const name of ['Secret Merger GmbH', 'default', 'nobody has this', 'Secret Merger GmbH']) {
      const answer = await attacker.call('PATCH', '/instance', { name });
      assert.deepEqual([answer.status, answer.json()['name']], [200, name]);
    }
  });

  test('a name that two tenants have keeps neither of them from changing theirs', async () => {
    await attacker.updateInstance({ name: 'Squatted' });
    assert.equal((await app.admin.updateInstance({ name: 'Squatted' }))['name'], 'Squatted');
    await app.admin.updateInstance({ name: 'Squatted again' });
    assert.equal((await attacker.must('GET', '/instance'))['name'], 'Squatted');
    const [event] = await app.admin.auditEvents('instance.updated');
    assert.deepEqual(event?.['detail'], {
      changed: ['name'],
      before: { name: 'Squatted' },
      after: { name: 'Squatted again' },
    });
  });

  test('no name leads the operator’s command line to another tenant', async () => {
    await attacker.updateInstance({ name: 'default' });
    const { db } = app.services;
    assert.equal((await findInstanceByHandle(db, 'default'))?.id, app.instance.id);
    assert.equal((await attacker.must('GET', '/instance'))['handle'], 'evil');
    assert.notEqual((await findInstanceByHandle(db, 'evil'))?.id, app.instance.id);
  });

  test('the handle is the operator’s, and no answer tells whether another tenant has one', async () => {
    const refusals = await Promise.all(
      ['default', 'nobody-has-this', 'evil', ''].map(async (handle) => {
        const { status, text } = await attacker.call('PATCH', '/instance', { handle });
        return [status, text];
      }),
    );
    assert.equal(refusals[0]?.[0], 422);
    assert.equal(new Set(refusals.map(String)).size, 1);
    assert.equal((await attacker.must('GET', '/instance'))['handle'], 'evil');
  });
});
