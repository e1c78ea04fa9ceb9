import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginSaml, completeSaml } from '../../../server/accounts/providers/saml.ts';
import { ProviderProblem } from '../../../server/accounts/providers/vouched.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../server/base/units.ts';
import { selfSigned } from '../../support/certificate.ts';
import { listen } from '../../support/listener.ts';
import { encoded, SamlIdp } from '../../support/saml-idp.ts';
import { instance, samlTrip } from '../../support/saml-trip.ts';

// Metadata at a URL: how old it may be, and what happens when the keys in it change or its host is away.

async function tripWithUrl() {
  const idp = new SamlIdp();
  const published = { status: 200, body: idp.metadata() };
  const host = await listen((_, response) => {
    response.writeHead(published.status);
    response.end(published.body);
  });
  const metadata_url = `http://localhost:${host.port}/metadata`;
  const trip = samlTrip(idp, { metadata_url });
  return { ...trip, published, asks: () => host.requests.length, close: host.close };
}

test('metadata at a URL is asked for once in ten minutes', async () => {
  const { answer, complete, clock, asks } = await tripWithUrl();
  await Promise.all([complete(answer()), complete(answer())]);
  assert.equal(asks(), 1);
  clock.advance(10 * MINUTE - SECOND);
  await complete(answer());
  assert.equal(asks(), 1);
  clock.advance(SECOND);
  await complete(answer());
  assert.equal(asks(), 2);
});

test('a provider may sign with a new key as soon as it publishes it, and with the old one no longer', async () => {
  const { idp, answer, complete, refuses, clock, published, asks } = await tripWithUrl();
  await complete(answer());
  clock.advance(30 * SECOND);
  const old = idp.certificate;
  idp.certificate = selfSigned(['idp.example'], 'RSA');
  published.body = idp.metadata();
  await complete(answer());
  assert.equal(asks(), 2);
  await refuses(answer({ signing: { by: old } }));
});

test('a stranger makes the server ask for metadata every 30 seconds at most', async () => {
  const { answer, complete, refuses, clock, asks } = await tripWithUrl();
  await complete(answer());
  const forged = answer({ signing: { by: selfSigned(['idp.example'], 'RSA') } });
  await refuses(forged);
  assert.equal(asks(), 1);
  clock.advance(30 * SECOND);
  await Promise.all([refuses(forged), refuses(forged), refuses(forged)]);
  await refuses(forged);
  assert.equal(asks(), 2);
  // And never for what the keys have nothing to do with.
  clock.advance(30 * SECOND);
  await refuses(answer({ audience: 'https://other.example' }));
  await refuses(answer().replace('>u-1<', '>admin<'));
  assert.equal(asks(), 2);
});

test('people can sign in for a day while the host of the metadata is away', async () => {
  const { answer, complete, refuses, clock, published } = await tripWithUrl();
  await complete(answer());
  published.status = 503;
  clock.advance(23 * HOUR);
  await complete(answer());
  clock.advance(HOUR);
  assert.match(await refuses(answer(), 'unreachable'), /status 503/);
  published.status = 200;
  assert.match(await refuses(answer(), 'unreachable'), /status 503/);
  clock.advance(30 * SECOND);
  await complete(answer());
});

test('a host that is away, or has something else, is told of in words', async () => {
  const { refuses, answer, clock, published, close } = await tripWithUrl();
  published.body = '<html></html>';
  assert.match(await refuses(answer(), 'misconfigured'), /no identity provider/);
  clock.advance(30 * SECOND);
  await close();
  const message = await refuses(answer(), 'unreachable');
  assert.match(message, /cannot be had/);
  assert.doesNotMatch(message, /127\.0\.0\.1|localhost/);
});

test('metadata may have 256 KiB, and no more', async () => {
  const { answer, complete, refuses, clock, published } = await tripWithUrl();
  published.body = padded(published.body, 250 * 1024);
  await complete(answer());
  published.body = padded(published.body, 300 * 1024);
  clock.advance(DAY);
  assert.match(await refuses(answer(), 'unreachable'), /256 KiB/);
});

const padded = (xml: string, size: number) => xml + ' '.repeat(size - xml.length);

test('metadata that is over is used neither to ask nor to believe', async () => {
  const idp = new SamlIdp();
  const trip = samlTrip(idp, {
    metadata: idp.metadata(undefined, undefined, ' validUntil="2026-12-01T12:10:00Z"'),
  });
  await trip.complete(trip.answer());
  trip.clock.advance(10 * MINUTE);
  assert.match(await trip.refuses(trip.answer(), 'misconfigured'), /validUntil/);
  await assert.rejects(beginSaml(trip.needs, instance, trip.provider, trip.request), ProviderProblem);
});

test('new metadata of another provider is no help to an answer under way', async () => {
  const { answer, complete, refuses, clock, published } = await tripWithUrl();
  await complete(answer());
  const mallory = new SamlIdp('https://evil.example');
  published.body = mallory.metadata();
  clock.advance(MINUTE);
  await refuses(answer({ signing: { by: mallory.certificate } }));
});

test('what an administrator changes counts at once', async () => {
  const trip = samlTrip();
  await trip.complete(trip.answer());
  const other = new SamlIdp(trip.idp.entityId);
  const changed = {
    ...trip.provider,
    settings: { ...trip.provider.settings, metadata: other.metadata() },
    updatedAt: trip.clock.now(),
  };
  const old = completeSaml(trip.needs, instance, changed, trip.request, encoded(trip.answer()));
  await assert.rejects(old, ProviderProblem);
  await trip.complete(other.response(trip.asked()), trip.request, changed);
});
