import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ApplicationView } from '../support/admin.ts';
import type { Person } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { patchOf, type ScimClient, someScimClient } from '../support/scim-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// Twenty clients hold tokens of one user and ask all the time, at two processes, while somebody deactivates or deletes the user. What they are
// told before proves that they would have been told otherwise; from the answer to whoever did it on, no question that is asked is answered yes.

const clients = 20;
/** Questions of each client before and after. */
const rounds = 5;

/** What a client was told, and when it asked. */
interface Told {
  readonly askedAt: number;
  readonly isGood: boolean;
}

forEachEngine((engine) => {
  let first: TestApp;
  let second: TestApp;
  let scim: ScimClient;
  let application: ApplicationView;

  before(async () => {
    first = await startApp({ engine });
    second = await startApp({ engine, url: first.url, clock: first.clock, database: first.database });
    scim = await someScimClient(first, { trustsEmail: true });
    application = await first.admin.createApplication({
      type: 'web',
      redirect_uris: ['https://client.example.com/callback'],
    });
  });
  after(async () => {
    await second.close();
    await first.close();
  });

  /** Asks until it is told to stop. */
  async function keepAsking(
    client: OAuthClient,
    tokens: { access_token: string; refresh_token: string },
    told: Told[],
    isOver: () => boolean,
  ): Promise<void> {
    let { access_token: accessToken, refresh_token: refreshToken } = tokens;
    for (let round = 0; !isOver(); round++) {
      const askedAt = performance.now();
      if (round % 2 === 0) {
        const answer = await client.introspect(accessToken);
        assert.equal(answer.status, 200, answer.text);
        told.push({ askedAt, isGood: answer.json<{ active: boolean }>().active });
        continue;
      }
      const answer = await client.refresh(refreshToken);
      told.push({ askedAt, isGood: answer.status === 200 });
      if (answer.status !== 200) {
        assert.equal(answer.json<{ error: string }>().error, 'invalid_grant', answer.text);
        continue;
      }
      ({ access_token: accessToken, refresh_token: refreshToken } = answer.json<typeof tokens>());
    }
  }

  async function deactivateUnderLoad(
    person: Person,
    deactivate: (id: string) => Promise<unknown>,
  ): Promise<void> {
    const browser = first.browser();
    await browser.signIn(person);
    const client = new OAuthClient(first, application);
    const all: {
      client: OAuthClient;
      tokens: Awaited<ReturnType<OAuthClient['authorize']>>;
      told: Told[];
    }[] = [];
    for (let index = 0; index < clients; index++)
      all.push({
        client: index % 2 ? client : client.at(second),
        tokens: await client.authorize(browser, person),
        told: [] as Told[],
      });

    const enough = (since: number) =>
      all.every(({ told }) => told.filter(({ askedAt }) => askedAt > since).length >= rounds);
    const until = async (isSo: () => boolean) => {
      while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    let isOver = false;
    const asking = Promise.all(
      all.map((each) => keepAsking(each.client, each.tokens, each.told, () => isOver)),
    );
    try {
      await Promise.race([asking, until(() => enough(0))]);
      const begunAt = performance.now();
      await deactivate(person.id);
      const doneAt = performance.now();
      await Promise.race([asking, until(() => enough(doneAt))]);
      for (const { told } of all) {
        const [before, afterwards] = [
          told.filter(({ askedAt }) => askedAt < begunAt).slice(0, rounds),
          told.filter(({ askedAt }) => askedAt > doneAt),
        ];
        assert.deepEqual(
          before.map(({ isGood }) => isGood),
          Array.from({ length: rounds }, () => true),
        );
        assert.ok(afterwards.length >= rounds);
        assert.deepEqual(
          afterwards.filter(({ isGood }) => isGood),
          [],
        );
      }
    } finally {
      isOver = true;
      await asking;
    }
    assert.equal((await browser.request('/api/v1/me')).status, 401, 'the browser session has ended');
  }

  const managed = async () => {
    const person = await first.admin.createUser();
    const { id } = await scim.create({ userName: person.email });
    assert.equal(id, person.id);
    return person;
  };

  for (const [what, make, deactivate] of [
    [
      'active: false by SCIM',
      managed,
      (id: string) =>
        scim.must(200, 'PATCH', `/Users/${id}`, patchOf({ op: 'replace', value: { active: false } })),
    ],
    ['a deletion by SCIM', managed, (id: string) => scim.must(204, 'DELETE', `/Users/${id}`)],
    [
      'active: false by the REST API',
      () => first.admin.createUser(),
      (id: string) => first.admin.must('PATCH', `/users/${id}`, { active: false }),
    ],
    [
      'a deletion by the REST API',
      () => first.admin.createUser(),
      (id: string) => first.admin.must('DELETE', `/users/${id}`),
    ],
  ] as const)
    test(`from the answer to ${what} on no token is good any more, at either process`, async () => {
      await deactivateUnderLoad(await make(), deactivate);
    });
});
