import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Id, newId } from '../../server/base/ids.ts';
import { MasterSecret, WrongSecret } from '../../server/base/master-secret.ts';
import type { OidcProvider } from '../../server/model/identity-provider.ts';
import { openProviderSecret, sealProviderSecret } from '../../server/registry/identity-providers/secret.ts';
import { findIdentityProvider, insertIdentityProvider } from '../../server/store/identity-providers.ts';
import { forEachEngine, freshDatabase } from '../support/engines.ts';
import { startApp, testSecret } from '../support/test-app.ts';

// What Postern keeps for a provider, so that the provider knows it: the client secret.

const settings = { issuer: 'https://id.example', client_id: 'postern', scopes: ['openid'] };

function providerOf(instanceId: Id, secret: MasterSecret): OidcProvider {
  const id = newId(Date.now());
  return {
    id,
    instanceId,
    type: 'oidc',
    name: 'Example ID',
    enabled: true,
    emailDomains: [],
    provisioning: 'create',
    trustsEmail: false,
    isDefault: false,
    claims: {},
    settings,
    sealedSecret: sealProviderSecret(secret, { id, settings }, 'a secret of the client'),
    createdAt: 0,
    updatedAt: 0,
    lastUsedAt: null,
    lastError: null,
    lastErrorAt: null,
  };
}

test('a client secret opens for the issuer that it was given for, and for no other', () => {
  const secret = new MasterSecret([testSecret]);
  const provider = providerOf(newId(0), secret);
  assert.equal(openProviderSecret(secret, provider), 'a secret of the client');
  assert.throws(
    () =>
      openProviderSecret(secret, { ...provider, settings: { ...settings, issuer: 'https://evil.example' } }),
    WrongSecret,
  );
});

test('a client secret does not open for another provider', () => {
  const secret = new MasterSecret([testSecret]);
  const provider = providerOf(newId(0), secret);
  assert.throws(() => openProviderSecret(secret, { ...provider, id: newId(1) }), WrongSecret);
});

forEachEngine((engine) => {
  test('client secrets are sealed anew at the start under a new POSTERN_SECRET, and the old one can go', async () => {
    const database = await freshDatabase(engine);
    const next = 'another master secret that only tests use and that is long enough';
    const startWith = (secrets: string) =>
      startApp({ engine, database, url: 'http://localhost:4999', config: { POSTERN_SECRET: secrets } });
    try {
      const first = await startWith(testSecret);
      const provider = providerOf(first.instance.id, first.services.secret);
      await first.services.db.transaction((tx) => insertIdentityProvider(tx, provider));
      await first.close();

      await (await startWith(`${next},${testSecret}`)).close();

      const last = await startWith(next);
      const found = await findIdentityProvider(last.services.db, last.instance.id, provider.id);
      assert.ok(found?.type === 'oidc');
      assert.equal(openProviderSecret(last.services.secret, found), 'a secret of the client');
      assert.equal(found.updatedAt, provider.updatedAt);
      await last.close();
    } finally {
      await database.remove();
    }
  });
});
