import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { hasField } from '../support/browser.ts';
import { startApp, type TestApp } from '../support/test-app.ts';
import { type Place, Traveller } from '../support/traveller.ts';
import { type Keycloak, keycloakNeeds, keycloakPlace, startKeycloak } from './keycloak.ts';
import { has } from './program.ts';
import { ReliesOn } from './provider.ts';

// Keycloak as published, by which people sign in to Postern: with SAML 2.0 as docs/sign-in.md has it.

const missing = keycloakNeeds.filter((need) => !has(need));
const skip = missing.length > 0 && `it needs ${missing.join(', ')}, which is not here`;
const ada = { username: 'ada', password: 'the engine weaves algebra' };
const charles = { username: 'charles', password: 'the engine grinds numbers' };

interface SamlView {
  readonly id: string;
  readonly acs_url: string;
  readonly sp_metadata_url: string;
}

describe('Keycloak, by SAML 2.0', { skip }, () => {
  let app: TestApp;
  let there: ReliesOn;
  /** The same realm, where a client for Postern was made by hand and *Sign assertions* left as it is. */
  let unsigned: ReliesOn;
  let keycloak: Keycloak;

  before(async () => {
    app = await startApp({ engine: 'sqlite' });
    const place = await keycloakPlace();
    const add = (name: string) =>
      app.admin.must<SamlView>('POST', '/identity-providers', {
        type: 'saml',
        name,
        metadata_url: `${place.url}/realms/people/protocol/saml/descriptor`,
        claims: { administrator: { claim: 'Role', values: ['postern-administrator'] } },
      });
    const [good, bad] = [await add('Keycloak'), await add('Keycloak, unsigned')];
    there = new ReliesOn(app, good);
    unsigned = new ReliesOn(app, bad);
    keycloak = await startKeycloak(place, realmFor(good, bad));
  });
  after(async () => {
    await keycloak?.end();
    await app?.close();
  });

  /** The realm in the folder beside this file, with a client for each of the two. */
  function realmFor(good: SamlView, bad: SamlView): { realm: string } {
    const text = readFileSync(join(import.meta.dirname, 'keycloak', 'realm-saml.json'), 'utf8')
      .replaceAll('UNSIGNED_ENTITY_ID', bad.sp_metadata_url)
      .replaceAll('UNSIGNED_ACS_URL', bad.acs_url)
      .replaceAll('ENTITY_ID', good.sp_metadata_url)
      .replaceAll('ACS_URL', good.acs_url);
    return JSON.parse(text);
  }

  /** From the page that posts the response, over Postern's that posts it again, to where that leads. */
  const bring = async (traveller: Traveller, place: Place): Promise<Place> => {
    assert.ok(hasField(place, 'SAMLResponse'), keycloak.program.explain(place));
    return traveller.submit(await traveller.carry(place), {});
  };

  const signIn = async (traveller: Traveller, place: Place, person: typeof ada): Promise<Place> => {
    assert.ok(hasField(place, 'username'), keycloak.program.explain(place));
    return bring(traveller, await traveller.submit(place, person));
  };

  test('people sign in for the first time, and without a page the next time', async () => {
    const traveller = new Traveller();
    there.isIn(await signIn(traveller, await there.begin(traveller), charles));
    const user = await there.user('charles@example.com');
    assert.deepEqual([user?.name, user?.role], ['Charles Babbage', 'user']);
    there.isIn(await bring(traveller, await there.begin(traveller)));
    assert.equal((await there.user('charles@example.com'))?.id, user?.id);
  });

  test('who has the role there is an administrator here', async () => {
    const traveller = new Traveller();
    there.isIn(await signIn(traveller, await there.begin(traveller), ada));
    assert.equal((await there.user('ada@example.com'))?.role, 'administrator');
  });

  test('it has them sign in again when Postern asks for that', async () => {
    const traveller = new Traveller();
    there.isIn(await signIn(traveller, await there.begin(traveller), charles));
    const again = await there.begin(traveller, '&prompt=login');
    assert.ok(hasField(again, 'password'), keycloak.program.explain(again));
    there.isIn(await bring(traveller, await traveller.submit(again, { password: charles.password })));
  });

  test('it shows no page when an application wants none', async () => {
    const callback = `${app.url}/callback`;
    const application = await app.admin.createApplication({ type: 'web', redirect_uris: [callback] });
    const asked = { response_type: 'code', client_id: application.client_id, prompt: 'none' };
    const returnTo = encodeURIComponent(`/oauth2/authorize?${new URLSearchParams(asked)}`);
    const traveller = new Traveller();
    const posted = await traveller.open(`${app.url}/login/with/${there.id}?return_to=${returnTo}`);
    const { url } = await bring(traveller, posted);
    assert.equal(url.origin + url.pathname, callback);
    assert.equal(url.searchParams.get('error'), 'login_required');
  });

  test('an assertion that is not signed is told to the administrator, with what to do', async () => {
    const traveller = new Traveller();
    const place = await signIn(traveller, await unsigned.begin(traveller), charles);
    assert.equal(place.status, 502);
    assert.match((await unsigned.lastError()) ?? '', /Have the provider sign assertions/);
  });
});
