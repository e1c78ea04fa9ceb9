import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '../../server/base/ids.ts';
import { sha256 } from '../../server/base/master-secret.ts';
import { actOfOperator } from '../../server/model/act.ts';
import {
  addScimToken,
  deleteScimToken,
  listScimTokens,
} from '../../server/registry/identity-providers/scim-tokens.ts';
import { findScimToken } from '../../server/store/scim-tokens.ts';
import { forEachEngine } from '../support/engines.ts';
import { someProvider } from '../support/identity-provider.ts';
import { refusesLater } from '../support/refuses.ts';
import { someInstance } from '../support/rows.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

forEachEngine((engine) => {
  let app: TestApp;
  before(async () => {
    app = await startApp({ engine });
  });
  after(() => app.close());
  const act = () => actOfOperator(app.instance);

  test('a SCIM token is shown once, kept as a hash, and leads to its provider in this instance alone', async () => {
    const { services, instance } = app;
    const provider = await someProvider(app);
    const { token, scimToken } = await addScimToken(services, act(), provider.id, { name: ' Entra ' });
    assert.match(token, /^pst_[A-Za-z0-9_-]{43}$/);
    assert.deepEqual(await listScimTokens(services.db, instance.id, provider.id), [scimToken]);
    assert.ok(!JSON.stringify(scimToken).includes(token.slice(4)));
    assert.equal(scimToken.name, 'Entra');

    const found = await findScimToken(services.db, instance.id, sha256(token));
    assert.deepEqual(found, { tokenId: scimToken.id, provider });
    const other = await someInstance(services.db);
    assert.equal(await findScimToken(services.db, other.id, sha256(token)), undefined);

    await deleteScimToken(services, act(), provider.id, scimToken.id);
    assert.equal(await findScimToken(services.db, instance.id, sha256(token)), undefined);
    await refusesLater('scim_token_not_found', () =>
      deleteScimToken(services, act(), provider.id, scimToken.id),
    );
  });

  test('a provider has five SCIM tokens at most, also when two are added at the same moment', async () => {
    const { services, instance } = app;
    const provider = await someProvider(app);
    const added = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) =>
        addScimToken(services, act(), provider.id, { name: `Token ${index}` }),
      ),
    );
    assert.equal(added.filter(({ status }) => status === 'fulfilled').length, 5);
    for (const each of added)
      if (each.status === 'rejected') assert.equal(each.reason.code, 'scim_token_limit_reached');
    assert.equal((await listScimTokens(services.db, instance.id, provider.id)).length, 5);
  });

  test('a SCIM token needs a name and a provider that is there, and is deleted by its own provider alone', async () => {
    const { services, instance } = app;
    const [provider, other] = [await someProvider(app), await someProvider(app)];
    await refusesLater('validation_failed', () =>
      addScimToken(services, act(), provider.id, { name: '\u202eevil' }),
    );
    for (const id of [undefined, newId(app.clock.now())])
      await refusesLater('identity_provider_not_found', () =>
        addScimToken(services, act(), id, { name: 'Nowhere' }),
      );
    const { scimToken } = await addScimToken(services, act(), provider.id, { name: 'Okta' });
    await refusesLater('scim_token_not_found', () =>
      deleteScimToken(services, act(), other.id, scimToken.id),
    );
    assert.equal((await listScimTokens(services.db, instance.id, provider.id)).length, 1);
  });

  test('the audit log tells of a SCIM token by its ID', async () => {
    const { services } = app;
    const provider = await someProvider(app, { name: 'Okta of Example' });
    const { scimToken } = await addScimToken(services, act(), provider.id, { name: 'Okta' });
    await deleteScimToken(services, act(), provider.id, scimToken.id);
    const { data } = await app.admin.must<{ data: { type: string; detail: object }[] }>(
      'GET',
      '/audit-events',
    );
    const told = data.filter(({ type }) => type.startsWith('scim_token.')).slice(0, 2);
    const detail = { provider: 'Okta of Example', provider_id: provider.id, token_id: scimToken.id };
    assert.deepEqual(
      told.map((event) => [event.type, event.detail]),
      [
        ['scim_token.deleted', detail],
        ['scim_token.added', detail],
      ],
    );
  });
});
