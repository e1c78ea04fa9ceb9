import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startSession } from '../../../server/accounts/sessions.ts';
import type { Id } from '../../../server/base/ids.ts';
import { findUser } from '../../../server/store/users.ts';
import type { Admin, ListPage } from '../../support/admin.ts';
import type { Person } from '../../support/browser.ts';
import { forEachEngine } from '../../support/engines.ts';
import { send } from '../../support/http.ts';
import { newProviders } from '../../support/identity-providers.ts';
import { otherInstance } from '../../support/other-instance.ts';
import { noId, refused } from '../../support/problem.ts';
import { startApp, type TestApp } from '../../support/test-app.ts';

interface Identity {
  id: string;
  provider_id: string;
  subject: string;
}
interface UserView {
  id: string;
  email: string;
  identities: Identity[];
}

forEachEngine((engine) => {
  let app: TestApp;
  let admin: Admin;
  let [acme, umbrella]: [string, string] = ['', ''];
  before(async () => {
    app = await startApp({ engine });
    admin = app.admin;
    acme = (await admin.must<{ id: string }>('POST', '/identity-providers', newProviders.oidc)).id;
    umbrella = (await admin.must<{ id: string }>('POST', '/identity-providers', newProviders.saml)).id;
  });
  after(() => app.close());

  const link = (user: { id: string }, provider_id: string, subject: string) =>
    admin.must<Identity>('POST', `/users/${user.id}/identities`, { provider_id, subject });
  const shown = (user: { id: string }) => admin.must<UserView>('GET', `/users/${user.id}`);

  /** A session as the sign-in by a provider makes it. @returns the cookie */
  async function sessionBy(person: Person, providerId: string): Promise<string> {
    const { services, instance, clock } = app;
    const user = (await findUser(services.db, instance.id, person.id as Id)) ?? assert.fail();
    const token = await services.db.transaction((tx) =>
      startSession(tx, clock.now(), {
        user,
        authentications: [{ method: 'provider', at: clock.now(), credentialId: providerId as Id }],
        ip: '192.0.2.1',
        userAgent: 'test',
        replaces: undefined,
      }),
    );
    return `postern=${token}`;
  }
  const statusOf = async (cookie: string) => (await send(app, '/api/v1/me', { headers: { cookie } })).status;

  describe('identities', () => {
    test('what a provider calls a user is linked, shown with the user, and taken away', async () => {
      const person = await admin.createUser();
      assert.deepEqual((await shown(person)).identities, []);
      const identity = await link(person, acme, '00u-1');
      assert.deepEqual(Object.keys(identity).sort(), [
        'created_at',
        'id',
        'last_used_at',
        'provider_id',
        'subject',
      ]);
      const second = await link(person, umbrella, '00u-1');
      assert.deepEqual((await shown(person)).identities, [identity, second]);
      const changed = await admin.must<UserView>('PATCH', `/users/${person.id}`, { name: 'Another' });
      assert.deepEqual(changed.identities, [identity, second]);
      const exported = await admin.must<{ user: UserView }>('GET', `/users/${person.id}/export`);
      assert.deepEqual(exported.user.identities, [identity, second]);
      await admin.must('DELETE', `/users/${person.id}/identities/${identity.id}`);
      assert.deepEqual((await shown(person)).identities, [second]);
      const events = await Promise.all(
        ['identity.linked', 'identity.unlinked'].map((type) => admin.auditEvents(type, person.id)),
      );
      assert.deepEqual(
        events.map((list) => list[0]?.['detail']),
        [
          { provider: 'Customer SSO', provider_id: umbrella },
          { provider: 'Example Login', provider_id: acme },
        ],
      );
    });

    test('each user of a list has their own, whatever the list was searched for', async () => {
      const people = [];
      for (let count = 0; count < 5; count++)
        people.push(await admin.createUser({ name: `Listed ${count}` }));
      for (const person of people) await link(person, acme, `listed-${person.id}`);
      const { data } = await admin.must<ListPage<UserView>>('GET', '/users?search=Listed');
      assert.equal(data.length, 5);
      for (const user of data)
        assert.deepEqual(
          user.identities.map(({ subject }) => subject),
          [`listed-${user.id}`],
        );
      const all = await admin.must<ListPage<UserView>>('GET', '/users?limit=3');
      assert.equal(all.data.length, 3);
      const [one] = (await admin.must<ListPage<UserView>>('GET', `/users?subject=${people[2]?.id}`)).data;
      assert.equal(one?.identities.length, 1);
      assert.deepEqual((await admin.must<ListPage<UserView>>('GET', '/users?search=nobody-at-all')).data, []);
    });

    test('of many who want the same subject at once one gets it', async () => {
      const people = [await admin.createUser(), await admin.createUser(), await admin.createUser()];
      const body = { provider_id: acme, subject: 'wanted' };
      const answers = await Promise.all(
        people.map(({ id }) => admin.call('POST', `/users/${id}/identities`, body)),
      );
      assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409]);
      for (const answer of answers) if (answer.status === 409) refused(answer, 409, 'identity_taken');
    });

    test('what is wrong with a link is named', async () => {
      const { id } = await admin.createUser();
      for (const [body, path] of [
        [{ provider_id: noId, subject: 'x' }, 'provider_id'],
        [{ provider_id: 'x', subject: 'x' }, 'provider_id'],
        [{ provider_id: acme, subject: '' }, 'subject'],
        [{ provider_id: acme, subject: ' ' }, 'subject'],
        [{ provider_id: acme, subject: 'a\u0000' }, 'subject'],
        [{ provider_id: acme, subject: 'x'.repeat(256) }, 'subject'],
        [{ provider_id: acme, subject: 'x', user_id: noId }, 'user_id'],
        [{ provider_id: acme }, 'subject'],
      ] as const) {
        const answer = await admin.call('POST', `/users/${id}/identities`, body);
        assert.deepEqual(refused(answer, 422, 'validation_failed'), [path], JSON.stringify(body));
      }
      const nobody = await admin.call('POST', `/users/${noId}/identities`, {});
      refused(nobody, 404, 'user_not_found');
      refused(await admin.call('DELETE', `/users/${noId}/identities/${noId}`), 404, 'user_not_found');
      refused(await admin.call('DELETE', `/users/${id}/identities/${noId}`), 404, 'identity_not_found');
    });

    test('an identity goes with its own user and no other', async () => {
      const [one, other] = [await admin.createUser(), await admin.createUser()];
      const identity = await link(one, acme, 'of-one');
      const path = `/users/${other.id}/identities/${identity.id}`;
      refused(await admin.call('DELETE', path), 404, 'identity_not_found');
      assert.equal((await shown(one)).identities.length, 1);
    });

    test('whoever came in by an identity that is taken away is signed out, and other sessions go on', async () => {
      const person = await admin.createUser();
      const identity = await link(person, acme, 'stolen');
      const [byAcme, byUmbrella] = [await sessionBy(person, acme), await sessionBy(person, umbrella)];
      assert.deepEqual([await statusOf(byAcme), await statusOf(byUmbrella)], [200, 200]);
      await admin.must('DELETE', `/users/${person.id}/identities/${identity.id}`);
      assert.deepEqual([await statusOf(byAcme), await statusOf(byUmbrella)], [401, 200]);
      const [event] = await admin.auditEvents('session.ended', person.id);
      assert.deepEqual(event?.['detail'], { sessions: 1, because: 'identity_unlinked' });
    });

    test('with a provider go its identities, with a user theirs', async () => {
      const made = await admin.must<{ id: string }>('POST', '/identity-providers', newProviders.handover);
      const [stays, goes] = [await admin.createUser(), await admin.createUser()];
      await link(stays, made.id, 'a');
      await link(goes, made.id, 'b');
      await admin.must('DELETE', `/users/${goes.id}`);
      await link(stays, made.id, 'b');
      await admin.must('DELETE', `/identity-providers/${made.id}`);
      assert.deepEqual((await shown(stays)).identities, []);
    });

    test('whoever left the browser open is asked for the password before an identity is linked', async () => {
      const person = await admin.createUser();
      const browser = app.browser();
      await browser.signIn(app.administrator);
      app.clock.advance(16 * 60_000);
      const answer = await browser.request(`/api/v1/users/${person.id}/identities`, {
        method: 'POST',
        headers: { origin: app.url },
        body: { provider_id: acme, subject: 'me as well' },
      });
      refused(answer, 403, 'reauthentication_required');
    });

    test('a provider of another instance is none, and neither are its users', async () => {
      const other = await otherInstance(app);
      const person = await other.admin.createUser();
      const body = { provider_id: acme, subject: 'across' };
      const answer = await other.admin.call('POST', `/users/${person.id}/identities`, body);
      assert.deepEqual(refused(answer, 422, 'validation_failed'), ['provider_id']);
      refused(await admin.call('POST', `/users/${person.id}/identities`, body), 404, 'user_not_found');
      const scim = `/identity-providers/${acme}/scim-tokens`;
      refused(await other.admin.call('GET', scim), 404, 'identity_provider_not_found');
      refused(await other.admin.call('POST', scim, { name: 'x' }), 404, 'identity_provider_not_found');
    });
  });

  describe('SCIM tokens', () => {
    test('a token is shown once, and never again', async () => {
      const path = `/identity-providers/${acme}/scim-tokens`;
      const made = await admin.must<Record<string, string>>('POST', path, { name: 'Directory' });
      assert.match(made['token'] ?? '', /^pst_[\w-]{43}$/);
      assert.equal(made['base_url'], `${app.url}/scim/v2`);
      const { data } = await admin.must<ListPage>('GET', path);
      const { token: _token, base_url: _url, ...rest } = made;
      assert.deepEqual(data, [rest]);
      assert.equal(data[0]?.['created_by'], app.administrator.id);
      assert.ok(!app.logText().includes(String(made['token'])));
      await admin.must('DELETE', `${path}/${made['id']}`);
      assert.deepEqual((await admin.must<ListPage>('GET', path)).data, []);
      refused(await admin.call('DELETE', `${path}/${made['id']}`), 404, 'scim_token_not_found');
      refused(await admin.call('POST', path, { name: '' }), 422, 'validation_failed');
      refused(await admin.call('POST', path, { name: 'x', token: 'y' }), 422, 'validation_failed');
      for (let count = 0; count < 5; count++) await admin.must('POST', path, { name: `No. ${count}` });
      refused(await admin.call('POST', path, { name: 'x' }), 409, 'scim_token_limit_reached');
    });
  });
});
