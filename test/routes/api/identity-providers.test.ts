import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { openProviderSecret } from '../../../server/registry/identity-providers/secret.ts';
import { findIdentityProvider } from '../../../server/store/identity-providers.ts';
import type { Admin, ListPage } from '../../support/admin.ts';
import { forEachEngine } from '../../support/engines.ts';
import { newProviders, publicJwk, samlMetadata } from '../../support/identity-providers.ts';
import { otherInstance } from '../../support/other-instance.ts';
import { noId, type ProblemDocument, refused } from '../../support/problem.ts';
import { startApp, type TestApp } from '../../support/test-app.ts';

interface Provider {
  id: string;
  type: string;
  default: boolean;
  [field: string]: unknown;
}

forEachEngine((engine) => {
  let app: TestApp;
  let admin: Admin;
  before(async () => {
    app = await startApp({ engine });
    admin = app.admin;
  });
  after(() => app.close());

  const create = (fields: object) => admin.must<Provider>('POST', '/identity-providers', fields);
  const change = (id: string, fields: object) =>
    admin.must<Provider>('PATCH', `/identity-providers/${id}`, fields);
  const list = async () => (await admin.must<ListPage<Provider>>('GET', '/identity-providers')).data;
  const deleteAll = () => admin.deleteIdentityProviders();
  const stored = async (id: string) =>
    (await findIdentityProvider(app.services.db, app.instance.id, id as never)) ?? assert.fail();

  const ofEveryType = [
    'claims',
    'created_at',
    'default',
    'email_domains',
    'enabled',
    'id',
    'last_error',
    'last_error_at',
    'last_used_at',
    'name',
    'provisioning',
    'trusts_email',
    'type',
    'updated_at',
  ];

  describe('identity providers', () => {
    test('a provider has the fields of its type, and what has to be entered there', async () => {
      for (const [type, own, addresses] of [
        ['oidc', ['client_id', 'has_client_secret', 'issuer', 'scopes'], { redirect_uri: 'callback/ID' }],
        [
          'saml',
          ['allow_unsolicited', 'metadata', 'metadata_url'],
          { acs_url: 'saml/ID/acs', sp_metadata_url: 'saml/ID/metadata' },
        ],
        ['handover', ['issuer', 'jwks', 'jwks_uri', 'login_url'], { handover_url: 'handover/ID' }],
      ] as const) {
        const made = await create(newProviders[type]);
        assert.deepEqual(
          Object.keys(made).sort(),
          [...ofEveryType, ...own, ...Object.keys(addresses)].sort(),
        );
        for (const [name, path] of Object.entries(addresses))
          assert.equal(made[name], `${app.url}/login/${path.replace('ID', made.id)}`);
        assert.deepEqual(
          [made['enabled'], made['email_domains'], made['provisioning'], made['trusts_email'], made.default],
          [true, [], 'create', false, false],
        );
        assert.deepEqual(made['claims'], { copy: [] });
        assert.deepEqual(await admin.must('GET', `/identity-providers/${made.id}`), made);
        assert.deepEqual((await list()).at(-1), made);
      }
      await deleteAll();
    });

    test('an answer to POST says where the provider is', async () => {
      const answer = await admin.call('POST', '/identity-providers', newProviders.oidc);
      assert.equal(answer.status, 201);
      assert.equal(answer.headers.location, `/api/v1/identity-providers/${answer.json()['id']}`);
      assert.deepEqual(answer.json()['scopes'], ['openid', 'profile', 'email']);
      await deleteAll();
    });

    test('fields that are not sent stay, and what is null is gone', async () => {
      const { id } = await create({ ...newProviders.saml, email_domains: ['acme.example'] });
      const withText = await change(id, { metadata: samlMetadata, metadata_url: null });
      assert.deepEqual([withText['metadata'], withText['metadata_url']], [samlMetadata, null]);
      const withUrl = await change(id, { metadata_url: 'https://saml.example.com/other' });
      assert.deepEqual(
        [withUrl['metadata'], withUrl['metadata_url']],
        [null, 'https://saml.example.com/other'],
      );
      assert.deepEqual(withUrl['email_domains'], ['acme.example']);
      const claims = { email: 'mail', administrator: { claim: 'groups', values: ['it'] } };
      assert.deepEqual((await change(id, { claims }))['claims'], { ...claims, copy: [] });
      assert.deepEqual((await change(id, { claims: { copy: ['team'] } }))['claims'], { copy: ['team'] });
      await deleteAll();
    });

    test('a change that changes nothing leaves no trace', async () => {
      const { id } = await create(newProviders.handover);
      const before = await admin.must('GET', `/identity-providers/${id}`);
      app.clock.advance(1000);
      await change(id, { name: newProviders.handover.name, claims: {} });
      assert.deepEqual(await admin.must('GET', `/identity-providers/${id}`), before);
      const events = await admin.auditEvents('identity_provider.updated');
      assert.ok(!events.some(({ detail }) => (detail as { provider_id: string }).provider_id === id));
      await deleteAll();
    });

    test('the audit log names the provider and what changed, and no value', async () => {
      const { id } = await create({ ...newProviders.oidc, client_secret: 'the first secret of all' });
      await change(id, { client_secret: 'the second secret of all', name: 'Renamed' });
      await admin.must('DELETE', `/identity-providers/${id}`);
      const details = [];
      for (const what of ['created', 'updated', 'deleted'])
        details.push((await admin.auditEvents(`identity_provider.${what}`))[0]?.['detail']);
      assert.deepEqual(details, [
        { provider: 'Example Login', provider_id: id, type: 'oidc' },
        { provider: 'Renamed', provider_id: id, changed: ['name', 'client_secret'] },
        { provider: 'Renamed', provider_id: id, type: 'oidc' },
      ]);
      assert.ok(!app.logText().includes('secret of all'));
    });

    test('fields of another type, unknown ones and wrong ones are named', async () => {
      const { oidc, saml, handover } = newProviders;
      for (const [body, paths] of [
        [{ ...oidc, metadata: samlMetadata }, ['metadata']],
        [{ ...saml, client_secret: 'x', login_url: 'https://x.example' }, ['client_secret', 'login_url']],
        [{ ...handover, scopes: ['openid'] }, ['scopes']],
        [{ ...oidc, redirect_uri: 'https://x.example' }, ['redirect_uri']],
        [{ ...oidc, last_error: 'x' }, ['last_error']],
        [{ ...oidc, has_client_secret: true }, ['has_client_secret']],
        [{ ...oidc, type: 'ldap' }, ['type']],
        [{ name: 'X' }, ['type']],
        [{ type: 'oidc' }, ['name', 'issuer', 'client_id']],
        [{ ...oidc, issuer: null }, ['issuer']],
        [{ ...oidc, issuer: 'http://login.example.com' }, ['issuer']],
        [{ ...oidc, scopes: ['email'] }, ['scopes']],
        [{ ...oidc, client_secret: 'x'.repeat(1025) }, ['client_secret']],
        [{ ...oidc, client_secret: 'tab\tin it' }, ['client_secret']],
        [{ ...oidc, email_domains: ['ada@acme.example', 'fine.example'] }, ['email_domains.0']],
        [{ ...oidc, email_domains: ['acme.example', 'ACME.example'] }, ['email_domains.1']],
        [{ ...oidc, claims: { subject: '' } }, ['claims.subject']],
        [{ ...oidc, claims: { groups: 'x' } }, ['claims.groups']],
        [{ ...oidc, claims: { administrator: { claim: 'x' } } }, ['claims.administrator.values']],
        [{ ...oidc, claims: { administrator: { claim: 'x', values: [] } } }, ['claims.administrator.values']],
        [{ ...oidc, claims: { copy: ['sub'] } }, ['claims.copy.0']],
        [{ ...oidc, provisioning: 'everybody' }, ['provisioning']],
        [{ ...saml, metadata: samlMetadata }, ['metadata']],
        [{ ...saml, metadata_url: null }, ['metadata']],
        [{ ...handover, jwks_uri: null }, ['jwks']],
        [{ ...handover, jwks_uri: null, jwks: { keys: 'x' } }, ['jwks']],
        [{ ...handover, jwks_uri: null, jwks: { keys: [{ kty: 'EC' }] } }, ['jwks.keys.0']],
        [{ ...handover, jwks_uri: null, jwks: { keys: [publicJwk(), 'x'] } }, ['jwks.keys.1']],
        [{ ...handover, login_url: 'javascript:alert(1)' }, ['login_url']],
      ] as const)
        assert.deepEqual(
          refused(await admin.call('POST', '/identity-providers', body), 422, 'validation_failed').sort(),
          [...paths].sort(),
          JSON.stringify(body),
        );
      const { id } = await create(oidc);
      const typed = await admin.call('PATCH', `/identity-providers/${id}`, { type: 'saml' });
      assert.deepEqual(refused(typed, 422, 'validation_failed'), ['type']);
      const foreign = await admin.call('PATCH', `/identity-providers/${id}`, { jwks: null });
      assert.deepEqual(refused(foreign, 422, 'validation_failed'), ['jwks']);
      assert.equal((await list()).length, 1);
      await deleteAll();
    });

    test('a client secret is never shown, and there can be none', async () => {
      const clientSecret = 'what only the provider knows';
      const { id, ...made } = await create({ ...newProviders.oidc, client_secret: clientSecret });
      assert.equal(made['has_client_secret'], true);
      assert.ok(!JSON.stringify(await list()).includes(clientSecret));
      const provider = await stored(id);
      assert.ok(!Buffer.from(provider.sealedSecret ?? []).includes(clientSecret));
      assert.equal(openProviderSecret(app.services.secret, provider as never), clientSecret);
      assert.equal((await change(id, { name: 'Another' }))['has_client_secret'], true);
      assert.equal((await change(id, { client_secret: null }))['has_client_secret'], false);
      await deleteAll();
    });

    test('whoever changes the issuer cannot have the secret sent there', async () => {
      const { id } = await create({ ...newProviders.oidc, client_secret: 'for the first issuer' });
      const moved = await change(id, { issuer: 'https://evil.example' });
      assert.equal(moved['has_client_secret'], false);
      const again = await change(id, { issuer: newProviders.oidc.issuer, client_secret: 'for this one' });
      assert.equal(again['has_client_secret'], true);
      assert.equal(openProviderSecret(app.services.secret, (await stored(id)) as never), 'for this one');
      await deleteAll();
    });

    test('a private or shared key is refused as one, wherever in the set it is', async () => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      for (const key of [privateKey.export({ format: 'jwk' }), { kty: 'oct', k: 'c2hhcmVk' }]) {
        const jwks = { keys: [publicJwk(), key] };
        const body = { ...newProviders.handover, jwks_uri: null, jwks };
        const answer = await admin.call('POST', '/identity-providers', body);
        assert.deepEqual(refused(answer, 422, 'private_key_refused'), ['jwks.keys.1']);
        assert.match(answer.json<ProblemDocument>().detail, /make a new pair/);
        assert.ok(!app.logText().includes(String((key as { d?: string }).d)));
      }
      const jwks = { keys: [publicJwk('one'), publicJwk('two')] };
      const { jwks_uri: _, ...rest } = newProviders.handover;
      assert.deepEqual((await create({ ...rest, jwks }))['jwks'], jwks);
      await deleteAll();
    });

    test('whatever is sent in place of a key set is named, and nothing but keys is kept of one', async () => {
      const { jwks_uri: _, ...rest } = newProviders.handover;
      const { id } = await create({ ...rest, jwks: { keys: [publicJwk()], comment: 'not kept' } });
      const before = await admin.must<Provider>('GET', `/identity-providers/${id}`);
      assert.deepEqual(Object.keys(before['jwks'] as object), ['keys']);
      for (const jwks of [
        {},
        { keys: 'x' },
        { keys: {} },
        { keys: [] },
        { keys: [null] },
        { keys: [[]] },
        [],
        'x',
      ]) {
        const answer = await admin.call('PATCH', `/identity-providers/${id}`, { jwks });
        const [path = ''] = refused(answer, 422, 'validation_failed');
        assert.match(path, /^jwks(\.keys\.0)?$/, JSON.stringify(jwks));
      }
      const large = { keys: [{ ...publicJwk(), x5c: ['A'.repeat(70_000)] }] };
      const answer = await admin.call('PATCH', `/identity-providers/${id}`, { jwks: large });
      assert.deepEqual([answer.status, answer.text.length < 1000], [422, true]);
      assert.deepEqual(await admin.must('GET', `/identity-providers/${id}`), before);
      await deleteAll();
    });

    test('a domain belongs to one provider, whose name the other is told', async () => {
      const first = await create({ ...newProviders.oidc, email_domains: ['Bücher.Example'] });
      assert.deepEqual(first['email_domains'], ['xn--bcher-kva.example']);
      const taken = { email_domains: ['free.example', 'BÜCHER.example'] };
      const answer = await admin.call('POST', '/identity-providers', { ...newProviders.saml, ...taken });
      assert.deepEqual(refused(answer, 422, 'validation_failed'), ['email_domains.1']);
      assert.match(answer.json<ProblemDocument>().errors?.[0]?.message ?? '', /Example Login/);
      const second = await create(newProviders.saml);
      const patched = await admin.call('PATCH', `/identity-providers/${second.id}`, taken);
      assert.deepEqual(refused(patched, 422, 'validation_failed'), ['email_domains.1']);
      await change(first.id, { email_domains: [] });
      await change(second.id, taken);
      await deleteAll();
    });

    test('of many who take a domain at the same moment one has it', async () => {
      const { id: one } = await create(newProviders.oidc);
      const { id: other } = await create(newProviders.saml);
      const answers = await Promise.all(
        [one, other, one, other].map((id) =>
          admin.call('PATCH', `/identity-providers/${id}`, { email_domains: ['acme.example'], name: id }),
        ),
      );
      assert.deepEqual([...new Set(answers.map(({ status }) => status))].sort(), [200, 422]);
      const having = (await list()).filter(({ email_domains }) => (email_domains as string[]).length > 0);
      assert.equal(having.length, 1);
      await deleteAll();
    });

    test('the default is taken from the others, also when many want it at once', async () => {
      const ids = [];
      for (const fields of Object.values(newProviders))
        ids.push((await create({ ...fields, default: true })).id);
      assert.deepEqual(
        (await list()).map((each) => each.default),
        [false, false, true],
      );
      await Promise.all(ids.map((id) => change(id, { default: true, name: `Renamed ${id.slice(-4)}` })));
      assert.equal((await list()).filter((each) => each.default).length, 1);
      await deleteAll();
    });

    test('an instance has 20 providers at most, also when many are added at once', async () => {
      for (let count = 0; count < 18; count++) await create({ ...newProviders.oidc, name: `No. ${count}` });
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => admin.call('POST', '/identity-providers', newProviders.oidc)),
      );
      const refusals = answers.filter(({ status }) => status !== 201);
      assert.equal(refusals.length, 3);
      for (const answer of refusals) refused(answer, 409, 'identity_provider_limit_reached');
      const page = await admin.must<ListPage<Provider>>('GET', '/identity-providers?limit=15');
      const rest = await admin.must<ListPage<Provider>>(
        'GET',
        `/identity-providers?limit=15&cursor=${page.next_cursor}`,
      );
      assert.deepEqual([page.data.length, rest.data.length, rest.next_cursor], [15, 5, null]);
      await deleteAll();
    });

    test('metadata of 256 KiB is taken, and more is not', async () => {
      const { metadata_url: _, ...saml } = newProviders.saml;
      const metadata = samlMetadata + ' '.repeat(256 * 1024 - samlMetadata.length);
      assert.equal((await create({ ...saml, metadata }))['metadata'], metadata);
      const longer = await admin.call('POST', '/identity-providers', { ...saml, metadata: `${metadata} ` });
      assert.deepEqual(refused(longer, 422, 'validation_failed'), ['metadata']);
      const huge = await admin.call('POST', '/identity-providers', { ...saml, metadata: metadata.repeat(3) });
      refused(huge, 413, 'body_too_large');
      await deleteAll();
    });

    test('whoever left the browser open is asked for the password before a provider is added, changed or deleted', async () => {
      const { id } = await create(newProviders.oidc);
      const browser = app.browser();
      await browser.signIn(app.administrator);
      app.clock.advance(16 * 60_000);
      for (const [method, path, body] of [
        ['POST', '', newProviders.saml],
        ['PATCH', `/${id}`, { enabled: false }],
        ['DELETE', `/${id}`, undefined],
      ] as const) {
        const answer = await browser.request(`/api/v1/identity-providers${path}`, {
          method,
          headers: { origin: app.url },
          ...(body && { body }),
        });
        refused(answer, 403, 'reauthentication_required');
      }
      assert.deepEqual(
        (await list()).map(({ enabled }) => enabled),
        [true],
      );
      await deleteAll();
    });

    test('the provider of another instance is nobody’s, and says so to nobody', async () => {
      const { id } = await create({ ...newProviders.oidc, email_domains: ['acme.example'] });
      const other = await otherInstance(app);
      for (const path of [
        `/identity-providers/${id}`,
        `/identity-providers/${noId}`,
        '/identity-providers/x',
      ]) {
        refused(await other.admin.call('GET', path), 404, 'identity_provider_not_found');
        refused(await other.admin.call('PATCH', path, { name: 1 }), 404, 'identity_provider_not_found');
        refused(await other.admin.call('DELETE', path), 404, 'identity_provider_not_found');
      }
      assert.deepEqual((await other.admin.must<ListPage>('GET', '/identity-providers')).data, []);
      // Another instance has domains and a default of its own.
      const own = { ...newProviders.saml, email_domains: ['acme.example'], default: true };
      await other.admin.must('POST', '/identity-providers', own);
      await deleteAll();
    });
  });
});
