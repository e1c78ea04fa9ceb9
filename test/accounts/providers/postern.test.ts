import assert from 'node:assert/strict';
import { before, beforeEach, describe, test } from 'node:test';
import { DAY, SECOND } from '../../../server/base/units.ts';
import { system } from '../../../server/model/event.ts';
import { hasButton, hasField, type Person } from '../../support/browser.ts';
import { listen } from '../../support/listener.ts';
import { claimsOf, OAuthClient, pkcePair, success } from '../../support/oauth-client.ts';
import { startApp, type TestApp } from '../../support/test-app.ts';
import { type Place, Traveller } from '../../support/traveller.ts';

// One Postern signs its users in by another one: both halves of OpenID Connect, with everything between them real.

let here: TestApp;
let there: TestApp;
/** The application of `here` at `there`, and `there` as a provider of `here`. */
let client: { id: string; client_id: string; client_secret?: string };
let provider: { id: string; redirect_uri: string };
let shop: OAuthClient;
const siteOfShop = listen((_, response) => response.end('the shop'));
let person: Person;

before(async () => {
  [here, there] = await Promise.all([
    startApp({ engine: 'sqlite' }),
    startApp({ engine: 'sqlite', host: '127.0.0.1' }),
  ]);
  client = await there.admin.createApplication({
    type: 'web',
    name: 'Here',
    redirect_uris: ['https://not-yet.example.com/'],
    id_token_signed_response_alg: 'RS256',
  });
  provider = await here.admin.must('POST', '/identity-providers', {
    type: 'oidc',
    name: 'There',
    issuer: there.url,
    client_id: client.client_id,
    client_secret: client.client_secret,
    scopes: ['openid', 'email', 'profile'],
  });
  await there.admin.must('PATCH', `/applications/${client.id}`, { redirect_uris: [provider.redirect_uri] });
  const site = await siteOfShop;
  shop = new OAuthClient(
    here,
    await here.admin.createApplication({
      type: 'web',
      redirect_uris: [`http://localhost:${site.port}/callback`],
    }),
  );
});

beforeEach(async () => {
  person = await there.admin.createUser({ name: 'Ada of There' });
});

const isThere = ({ url }: Place) => url.origin === there.url;
const begin = (traveller: Traveller, query = '') =>
  traveller.open(`${here.url}/login/with/${provider.id}?return_to=/account${query}`);

/** Signs in there, as far as that asks, and comes back. */
async function arrive(traveller: Traveller, place: Place): Promise<Place> {
  assert.ok(isThere(place), place.url.href);
  return traveller.passThrough(place, person);
}

const userHere = async () => {
  const path = `/users?search=${encodeURIComponent(person.email)}`;
  const { data } = await here.admin.must<{ data: { id: string; name: string }[] }>('GET', path);
  assert.ok(data.length <= 1);
  return data[0];
};

describe('somebody of there', () => {
  test('comes in here, with their name and address, and is known the next time without a page', async () => {
    const traveller = new Traveller();
    const place = await arrive(traveller, await begin(traveller));
    assert.equal(place.url.href, `${here.url}/account`);
    assert.ok(place.html.includes('Ada of There'));
    const user = await userHere();
    assert.equal(user?.name, 'Ada of There');
    assert.equal((await begin(traveller)).url.href, `${here.url}/account`);
    assert.equal((await userHere())?.id, user?.id);
  });

  test('who says no there is not signed in here', async () => {
    const traveller = new Traveller();
    let place = await begin(traveller);
    place = await traveller.submit(place, { email: person.email, password: person.password });
    assert.ok(hasButton(place, 'decision'));
    place = await traveller.submit(place, {}, { button: 'decision=deny' });
    assert.equal(place.url.origin, here.url);
    assert.equal(place.status, 403);
    assert.equal(await userHere(), undefined);
  });

  test('has to sign in there again when that is asked for', async () => {
    const traveller = new Traveller();
    await arrive(traveller, await begin(traveller));
    there.clock.advance(10 * SECOND);
    here.clock.advance(10 * SECOND);
    const again = await begin(traveller, '&prompt=login');
    assert.ok(isThere(again) && hasField(again, 'password'));
    assert.equal((await arrive(traveller, again)).url.href, `${here.url}/account`);
  });

  test('arrives at an application of here, which is told when they signed in there, and by what', async () => {
    const traveller = new Traveller();
    const [first, signedInAt] = [await begin(traveller), there.clock.now()];
    await arrive(traveller, first);
    await traveller.submit(await traveller.open(`${here.url}/account`), {}, { action: '/logout' });
    for (const { clock } of [here, there]) clock.advance(100 * SECOND);

    const { verifier, challenge } = pkcePair();
    const request = new URLSearchParams({
      response_type: 'code',
      client_id: shop.application.client_id,
      redirect_uri: shop.redirectUri,
      scope: 'openid',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    });
    const signIn = await traveller.open(`${here.url}/oauth2/authorize?${request}`);
    const place = await traveller.passThrough(await traveller.open(linkTo(signIn)), person);
    const tokens = success(await shop.redeem(place.url.searchParams.get('code') ?? '', verifier));
    const claims = claimsOf(tokens.json<{ id_token: string }>().id_token);
    assert.ok(Math.abs(Number(claims['auth_time']) - signedInAt / SECOND) < 5);
    assert.deepEqual(claims['amr'], ['pwd']);
  });

  const linkTo = ({ html, url }: Place): URL => {
    const [, href = ''] = new RegExp(`href="(/login/with/${provider.id}[^"]*)"`).exec(html) ?? [];
    assert.notEqual(href, '', html);
    return new URL(href.replaceAll('&amp;', '&'), url);
  };
});

describe('when what was agreed on changes there', () => {
  const failure = async (): Promise<{ status: number; lastError: unknown }> => {
    const traveller = new Traveller();
    let place = await begin(traveller);
    if (isThere(place)) place = await arrive(traveller, place);
    const { last_error } = await here.admin.must('GET', `/identity-providers/${provider.id}`);
    return { status: place.status, lastError: last_error };
  };
  const change = (fields: object) => here.admin.must('PATCH', `/identity-providers/${provider.id}`, fields);

  test('a wrong client secret is a page for people, and a sentence for the administrator', async () => {
    await change({ client_secret: 'not that of the client' });
    const { status, lastError } = await failure();
    assert.equal(status, 502);
    assert.match(String(lastError), /client secret/);
    await change({ client_secret: client.client_secret });
    const traveller = new Traveller();
    assert.equal((await arrive(traveller, await begin(traveller))).status, 200);
    assert.equal((await here.admin.must('GET', `/identity-providers/${provider.id}`))['last_error'], null);
  });

  test('new signing keys work at once, and a key that is dropped no longer', async () => {
    const traveller = new Traveller();
    await arrive(traveller, await begin(traveller));
    const { signingKeys } = there.services;
    for (let times = 0; times < 2; times++)
      await signingKeys.rotate(there.instance.id, 'RS256', system, { onlyIfDue: false });
    for (const { clock } of [here, there]) clock.advance(DAY);
    const next = new Traveller();
    assert.equal((await arrive(next, await begin(next))).status, 200);
  });

  test('a provider that is gone is a page, and who has a password still comes in', async () => {
    await there.close();
    for (const { clock } of [here]) clock.advance(DAY);
    const { status, lastError } = await failure();
    assert.equal(status, 502);
    assert.match(String(lastError), /cannot be reached/);
    const page = await here.browser({ 'accept-language': 'fr' }).openPage(`/login/with/${provider.id}`);
    assert.match(page.html, /<html lang="fr"/);
    assert.equal((await here.browser().signIn(here.user)).status, 200);
  });
});
