import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { hasField } from '../support/browser.ts';
import { startApp, type TestApp } from '../support/test-app.ts';
import { type Place, Traveller } from '../support/traveller.ts';
import { type Keycloak, keycloakNeeds, keycloakPlace, startKeycloak } from './keycloak.ts';
import { has } from './program.ts';
import { type ProviderView, ReliesOn } from './provider.ts';

// Keycloak as published, by which people sign in to Postern: with OpenID Connect as docs/sign-in.md has it.

const missing = keycloakNeeds.filter((need) => !has(need));
const skip = missing.length > 0 && `it needs ${missing.join(', ')}, which is not here`;
const secret = 'the secret of Postern at Keycloak';
const ada = { username: 'ada', password: 'the engine weaves algebra' };
const charles = { username: 'charles', password: 'the engine grinds numbers' };

describe('Keycloak, by OpenID Connect', { skip }, () => {
  let app: TestApp;
  let there: ReliesOn;
  let keycloak: Keycloak;

  before(async () => {
    app = await startApp({ engine: 'sqlite' });
    const place = await keycloakPlace();
    const provider = await app.admin.must<ProviderView>('POST', '/identity-providers', {
      type: 'oidc',
      name: 'Keycloak',
      issuer: `${place.url}/realms/people`,
      client_id: 'postern',
      client_secret: secret,
      claims: { administrator: { claim: 'roles', values: ['postern-administrator'] } },
    });
    there = new ReliesOn(app, provider);
    keycloak = await startKeycloak(place, realmFor(provider.redirect_uri));
  });
  after(async () => {
    await keycloak?.end();
    await app?.close();
  });

  /** The realm beside this file, with a client for Postern. */
  function realmFor(redirectUri: string): { realm: string } {
    const text = readFileSync(join(import.meta.dirname, 'keycloak', 'realm.json'), 'utf8');
    return JSON.parse(text.replace('REDIRECT_URI', redirectUri).replace('CLIENT_SECRET', secret));
  }

  const signIn = async (traveller: Traveller, place: Place, person: typeof ada): Promise<Place> => {
    assert.ok(hasField(place, 'username'), keycloak.program.explain(place));
    return traveller.submit(place, person);
  };

  test('people sign in for the first time, and without a page the next time', async () => {
    const traveller = new Traveller();
    there.isIn(await signIn(traveller, await there.begin(traveller), charles));
    const user = await there.user('charles@example.com');
    assert.deepEqual([user?.name, user?.role], ['Charles Babbage', 'user']);
    there.isIn(await there.begin(traveller));
    assert.equal((await there.user('charles@example.com'))?.id, user?.id);
  });

  test('who has the role there is an administrator here', async () => {
    const traveller = new Traveller();
    there.isIn(await signIn(traveller, await there.begin(traveller), ada));
    assert.equal((await there.user('ada@example.com'))?.role, 'administrator');
  });

  test('it has them sign in again when Postern asks for that, and knows whom Postern expects', async () => {
    const traveller = new Traveller();
    there.isIn(await signIn(traveller, await there.begin(traveller), charles));
    const { password } = charles;
    const again = await there.begin(traveller, '&prompt=login');
    assert.ok(hasField(again, 'password'), keycloak.program.explain(again));
    there.isIn(await traveller.submit(again, { password }));
    const hinted = await there.begin(new Traveller(), '&login_hint=ada');
    assert.match(hinted.html, /value="ada"/);
  });

  test('a wrong client secret is told to the administrator', async () => {
    await there.change({ client_secret: 'another secret' });
    const traveller = new Traveller();
    const place = await signIn(traveller, await there.begin(traveller), charles);
    assert.equal(place.status, 502);
    assert.match((await there.lastError()) ?? '', /client secret/);
    await there.change({ client_secret: secret });
    there.isIn(await there.begin(traveller));
  });
});
