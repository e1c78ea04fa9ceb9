import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { Admin, ApplicationView } from '../../support/admin.ts';
import { forEachEngine } from '../../support/engines.ts';
import { opensslCertificate, rsaKeyPair } from '../../support/key-pairs.ts';
import { noId, refused } from '../../support/problem.ts';
import { startApp, type TestApp } from '../../support/test-app.ts';

forEachEngine((engine) => {
  let app: TestApp;
  let admin: Admin;
  before(async () => {
    app = await startApp({ engine });
    admin = app.admin;
  });
  after(() => app.close());

  const call = (method: string, path: string, body?: object | string | Uint8Array, headers = {}) =>
    admin.call(method, path, body, headers);

  describe('client secrets', () => {
    test('two may live, so that one takes the place of the other', async () => {
      await admin.withApplication({ type: 'web' }, async (application) => {
        const path = `/applications/${application.id}/secrets`;
        const added = await call('POST', path);
        assert.equal(added.status, 201);
        const secret = added.json<{ id: string; client_secret: string; hint: string }>();
        assert.deepEqual(Object.keys(secret).sort(), ['client_secret', 'created_at', 'hint', 'id']);
        assert.match(secret.client_secret, /^pcs_/);
        refused(await call('POST', path), 409, 'client_secret_limit_reached');
        const old = String(application.secrets?.[0]?.id);
        assert.equal((await call('DELETE', `${path}/${old}`)).status, 204);
        refused(await call('DELETE', `${path}/${old}`), 404, 'client_secret_not_found');
        refused(await call('DELETE', `${path}/x`), 404, 'client_secret_not_found');
        const { secrets } = await admin.must<ApplicationView>('GET', `/applications/${application.id}`);
        assert.deepEqual(
          secrets?.map(({ id, hint }) => [id, hint]),
          [[secret.id, secret.hint]],
        );
        assert.equal(
          (await call('DELETE', `${path}/${secret.id}`, '', { 'content-type': 'application/json' })).status,
          204,
        );
      });
    });

    test('two is the limit also when many are added at once', async () => {
      await admin.withApplication({ type: 'machine' }, async ({ id }) => {
        const answers = await Promise.all(
          Array.from({ length: 6 }, () => call('POST', `/applications/${id}/secrets`)),
        );
        assert.equal(answers.filter(({ status }) => status === 201).length, 1);
        assert.equal((await admin.must<ApplicationView>('GET', `/applications/${id}`)).secrets?.length, 2);
      });
    });

    test('there is no body to send', async () => {
      await admin.withApplication({ type: 'web' }, async ({ id }) => {
        assert.deepEqual(
          refused(
            await call('POST', `/applications/${id}/secrets`, { client_secret: 'mine' }),
            422,
            'validation_failed',
          ),
          ['client_secret'],
        );
        assert.equal((await call('POST', `/applications/${id}/secrets`, {})).status, 201);
      });
    });

    test('another application’s secret cannot be deleted through this one', async () => {
      await admin.withApplication({ type: 'web' }, async (one) => {
        await admin.withApplication({ type: 'web' }, async (other) => {
          refused(
            await call('DELETE', `/applications/${one.id}/secrets/${other.secrets?.[0]?.id}`),
            404,
            'client_secret_not_found',
          );
        });
      });
    });
  });

  describe('public keys', () => {
    test('a key is kept with whom it acts for and who added it', async () => {
      await admin.withApplication({ type: 'machine' }, async ({ id }) => {
        const path = `/applications/${id}/public-keys`;
        const added = await call('POST', path, { public_key: rsaKeyPair().publicPem });
        assert.equal(added.status, 201);
        const key = added.json<Record<string, string>>();
        assert.deepEqual(Object.keys(key).sort(), [
          'acts_as_user_id',
          'algorithm',
          'created_at',
          'created_by',
          'id',
          'kid',
          'last_used_at',
          'name',
          'not_after',
          'thumbprint',
        ]);
        assert.deepEqual(
          [key['kid'], key['name'], key['algorithm']],
          [key['thumbprint'], 'RSA 2048', 'RS256'],
        );
        assert.deepEqual(
          [key['acts_as_user_id'], key['created_by']],
          [app.administrator.id, app.administrator.id],
        );
        const jwk = { ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }), kid: 'mine' };
        const other = await admin.must<Record<string, string>>('POST', path, {
          public_key: jwk,
          name: 'Laptop',
          acts_as_user_id: app.user.id,
        });
        assert.deepEqual(
          [other['kid'], other['name'], other['algorithm'], other['acts_as_user_id']],
          ['mine', 'Laptop', 'EdDSA', app.user.id],
        );
        refused(await call('POST', path, { public_key: JSON.stringify(jwk) }), 409, 'public_key_exists');
        const { certificatePem } = opensslCertificate();
        assert.match(
          String(
            (await admin.must<Record<string, string>>('POST', path, { public_key: certificatePem }))[
              'not_after'
            ],
          ),
          /Z$/,
        );
        assert.deepEqual(
          (await admin.must<ApplicationView>('GET', `/applications/${id}`)).public_keys?.length,
          3,
        );
        assert.equal((await call('DELETE', `${path}/${key['id']}`)).status, 204);
        refused(await call('DELETE', `${path}/${key['id']}`), 404, 'public_key_not_found');
        refused(await call('DELETE', `${path}/zzz`), 404, 'public_key_not_found');
      });
    });

    test('a private key is refused and stays out of the log', async () => {
      await admin.withApplication({ type: 'machine' }, async ({ id }) => {
        const path = `/applications/${id}/public-keys`;
        const { privatePem } = opensslCertificate();
        const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        const jwk = privateKey.export({ format: 'jwk' });
        for (const publicKey of [privatePem, jwk, JSON.stringify(jwk)]) {
          const answer = await call('POST', path, { public_key: publicKey });
          assert.deepEqual(refused(answer, 422, 'private_key_refused'), ['public_key']);
          assert.ok(!answer.text.includes(String(jwk.d)));
        }
        const log = app.logText();
        assert.ok(!log.includes(String(jwk.d)));
        assert.ok(!log.includes('PRIVATE KEY'));
        assert.ok(!log.includes(String(privatePem.split('\n')[3])));
      });
    });

    test('what cannot be a key, a name or a user is named', async () => {
      await admin.withApplication({ type: 'web' }, async ({ id }) => {
        const path = `/applications/${id}/public-keys`;
        const { publicPem: public_key } = rsaKeyPair();
        refused(await call('POST', path, { public_key: 'hello' }), 422, 'invalid_public_key');
        refused(await call('POST', path, { public_key: { kty: 'RSA' } }), 422, 'invalid_public_key');
        for (const [fields, name] of [
          [{}, 'public_key'],
          [{ public_key: 1 }, 'public_key'],
          [{ public_key, name: 'a\u0000' }, 'name'],
          [{ public_key, name: 'a'.repeat(201) }, 'name'],
          [{ public_key, acts_as_user_id: noId }, 'acts_as_user_id'],
          [{ public_key, acts_as_user_id: 'x' }, 'acts_as_user_id'],
          [{ public_key, private_key: 'x' }, 'private_key'],
        ] as const)
          assert.deepEqual(refused(await call('POST', path, fields), 422, 'validation_failed'), [name]);
        const { id: gone } = await admin.createUser();
        await admin.updateUser(gone, { active: false });
        refused(await call('POST', path, { public_key, acts_as_user_id: gone }), 422, 'validation_failed');
      });
    });

    test('ten are the limit also when many are added at once, and the same key twice is one', async () => {
      await admin.withApplication({ type: 'machine' }, async ({ id }) => {
        const keys = Array.from({ length: 13 }, () =>
          generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString(),
        );
        const first = await Promise.all(
          [1, 2, 3].map(() => call('POST', `/applications/${id}/public-keys`, { public_key: keys[0] })),
        );
        assert.deepEqual(first.map(({ status }) => status).sort(), [201, 409, 409]);
        const answers = await Promise.all(
          keys.slice(1).map((public_key) => call('POST', `/applications/${id}/public-keys`, { public_key })),
        );
        assert.equal(answers.filter(({ status }) => status === 201).length, 9);
        for (const answer of answers)
          if (answer.status !== 201) refused(answer, 409, 'public_key_limit_reached');
      });
    });
  });
});
