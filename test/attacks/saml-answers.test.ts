import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HOUR, MINUTE, SECOND } from '../../server/base/units.ts';
import type { Said } from '../support/saml-idp.ts';
import { loginRequest, providerWith, samlTrip } from '../support/saml-trip.ts';

// Assertions that the provider did sign, for somebody else, for another browser, for another time: each check of them is left out once.

const trip = samlTrip();
const { idp, answer, asked, complete, refuses, provider, clock } = trip;

/** What one thing that is wrong comes to. */
async function refusesWith(said: Partial<Said>, telling: RegExp): Promise<void> {
  assert.match(await refuses(answer(said)), telling);
}

describe('an assertion lets nobody in that is for somebody else', () => {
  test('for another service', async () => {
    await refusesWith({ audience: 'https://other.example' }, /Audience/);
    await refusesWith({ audience: `${asked().audience}/` }, /Audience/);
    await refusesWith({ audience: null }, /Audience/);
    await refusesWith({ audience: `</saml:Audience><saml:Audience>` }, /Audience/);
  });

  test('for us and, by a second restriction, for somebody else alone', async () => {
    const conditions =
      '<saml:AudienceRestriction><saml:Audience>https://other.example</saml:Audience></saml:AudienceRestriction>';
    await refusesWith({ conditions }, /Audience/);
  });

  test('but it may be for somebody else too', async () => {
    const audience = `https://other.example</saml:Audience><saml:Audience>${asked().audience}`;
    assert.equal((await complete(answer({ audience }))).claims['sub'], 'u-1');
  });

  test('delivered to another address', async () => {
    await refusesWith({ recipient: 'https://other.example/acs' }, /Recipient/);
    await refusesWith({ recipient: null }, /Recipient/);
    await refusesWith({ destination: 'https://other.example/acs' }, /Destination/);
  });

  test('for another provider of this instance, or the same one at another instance', async () => {
    const other = providerWith(provider.settings);
    const theirs = idp.response(asked(trip.request, other));
    await refuses(theirs);
    const elsewhere = asked().acsUrl.replace('localhost:3000', 'localhost:4000');
    await refusesWith({ acsUrl: elsewhere, recipient: elsewhere, destination: elsewhere }, /Destination/);
    await refusesWith({ recipient: elsewhere }, /Recipient/);
  });
});

describe('an assertion lets nobody in that is by somebody else', () => {
  test('by an issuer that is not the one of the metadata', async () => {
    await refusesWith({ issuer: 'https://other.example/saml' }, /Issuer/);
    await refusesWith({ issuer: '' }, /Issuer/);
  });

  test('of whom the response says otherwise', async () => {
    const xml = answer();
    const theirs = xml.replace(`<saml:Issuer>${idp.entityId}<`, '<saml:Issuer>https://other.example/saml<');
    assert.match(await refuses(theirs), /Issuer of the response/);
    const ours = answer({ issuer: 'https://other.example/saml' }).replace(
      '>https://other.example/saml<',
      `>${idp.entityId}<`,
    );
    assert.match(await refuses(ours), /Issuer of the assertion/);
  });
});

describe('an assertion lets nobody in but the browser that asked for it', () => {
  const other = loginRequest(provider, clock.now());

  test('when it answers the request of another', async () => {
    await refuses(idp.response(asked(other)));
    assert.match(await refuses(answer(), 'bad_answer', other), /InResponseTo/);
    const { inResponseTo } = asked(other);
    await refusesWith({ confirmedInResponseTo: inResponseTo }, /assertion is not in answer/);
    await refusesWith({ inResponseTo }, /not to the request of this browser/);
  });

  test('when it answers none', async () => {
    await refusesWith({ inResponseTo: null, confirmedInResponseTo: null }, /not to the request/);
    await refusesWith({ confirmedInResponseTo: null }, /assertion is not in answer/);
    await refusesWith(
      { inResponseTo: null, confirmedInResponseTo: asked().inResponseTo },
      /not to the request/,
    );
  });

  test('when nobody asked and the provider may not send people by itself', async () => {
    const unasked = answer({ inResponseTo: null, confirmedInResponseTo: null });
    assert.match(await refuses(unasked, 'bad_answer', null), /allow_unsolicited/);
  });

  test('when nobody asked, though it says that somebody did', async () => {
    const open = samlTrip(idp, { metadata: idp.metadata(), allow_unsolicited: true });
    const unasked = { inResponseTo: null, confirmedInResponseTo: null };
    const person = await open.complete(open.answer(unasked), null);
    assert.equal(person.claims['sub'], 'u-1');
    assert.ok(person.once, 'an assertion that nobody asked for counts once too');
    assert.match(await open.refuses(open.answer(), 'bad_answer', null), /none under way/);
    const { inResponseTo } = open.asked();
    await open.refuses(
      open.answer({ inResponseTo: null, confirmedInResponseTo: inResponseTo }),
      'bad_answer',
      null,
    );
    await open.refuses(open.answer({ confirmedInResponseTo: null }), 'bad_answer', null);
    // And who has a trip under way does not arrive by another way.
    await open.refuses(open.answer(unasked));
  });
});

describe('an assertion lets nobody in before or after its time', () => {
  test('by its conditions', async () => {
    await refusesWith({ notBefore: clock.now() + 2 * MINUTE }, /NotBefore/);
    await refusesWith({ notOnOrAfter: clock.now() - MINUTE }, /too old/);
  });

  test('by the time to deliver it, which it must tell', async () => {
    await refusesWith({ confirmedUntil: clock.now() - MINUTE }, /too old/);
    await refusesWith({ confirmedUntil: null }, /NotOnOrAfter/);
  });

  test('by its issue', async () => {
    const year = 365 * 24 * HOUR;
    const forever = { notOnOrAfter: clock.now() + year, confirmedUntil: clock.now() + year };
    await refusesWith({ ...forever, issueInstant: clock.now() - 62 * MINUTE }, /too old/);
    await refusesWith({ issueInstant: clock.now() + 2 * MINUTE }, /IssueInstant/);
  });

  test('by the sign-in that it tells of', async () => {
    await refusesWith({ authnInstant: clock.now() + 61 * SECOND }, /AuthnInstant/);
    const more = '<saml:AuthnStatement><saml:AuthnContext/></saml:AuthnStatement>';
    await refusesWith({ more }, /AuthnStatement/);
    const over = new Date(clock.now() - HOUR).toISOString();
    const session = `<saml:AuthnStatement AuthnInstant="${over}" SessionNotOnOrAfter="${over}"/>`;
    await refusesWith({ more: session }, /SessionNotOnOrAfter/);
  });

  test('of several sign-ins the earliest counts', async () => {
    const before = clock.now() - HOUR;
    const more = `<saml:AuthnStatement AuthnInstant="${new Date(before).toISOString()}"/>`;
    assert.equal((await complete(answer({ more }))).authenticatedAt, before);
  });

  test('nor with times that are none', async () => {
    const wrong = answer().replaceAll(/NotOnOrAfter="[^"]*"/g, 'NotOnOrAfter="never"');
    const signed = idp.sign(wrong.replace(/<Signature .*?<\/Signature>/s, ''), 'assertion');
    assert.match(await refuses(signed), /no time in UTC/);
  });
});

describe('an assertion lets nobody in that is about nobody, or about two', () => {
  test('by two names', async () => {
    await refusesWith({ nameId: 'u-1</saml:NameID><saml:NameID>admin' }, /more than one NameID/);
    await refusesWith({ nameId: 'u-1<saml:NameID>admin</saml:NameID>' }, /no text/);
    await refusesWith({ nameId: ' ' }, /no text/);
  });

  test('by two subjects, two sets of conditions or two confirmations', async () => {
    await refusesWith(
      { more: '<saml:Subject><saml:NameID>admin</saml:NameID></saml:Subject>' },
      /one Subject/,
    );
    await refusesWith({ more: '<saml:Conditions/>' }, /one Conditions/);
    const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
    const nameId = `u-1</saml:NameID><saml:SubjectConfirmation Method="${bearer}"/><saml:NameID>`;
    await refusesWith({ nameId }, /one SubjectConfirmation/);
  });

  test('with a condition that nobody here knows', async () => {
    await refusesWith({ conditions: '<saml:Condition xmlns:e="urn:e"/>' }, /not known/);
    assert.equal((await complete(answer({ conditions: '<saml:OneTimeUse/>' }))).claims['sub'], 'u-1');
  });

  test('with an attribute that calls itself the subject', async () => {
    const { claims } = await complete(
      answer({
        attributes: {
          sub: 'admin',
          'urn:x|sub': 'admin',
          name_id_format: 'x',
          'urn:y|email': 'other@example.com',
          email: 'a@example.com',
          ['__proto__']: 'x',
        },
      }),
    );
    assert.equal(claims['sub'], 'u-1');
    assert.notEqual(claims['name_id_format'], 'x');
    // A friendly name is nobody's name who has one.
    assert.equal(claims['email'], 'a@example.com');
    assert.equal(Object.getPrototypeOf(claims), Object.prototype);
  });
});

test('an encrypted assertion is told from a wrong one', async () => {
  const xml = answer().replaceAll('saml:Assertion', 'saml:EncryptedAssertion');
  assert.match(await refuses(xml, 'misconfigured'), /encrypted/);
});

test('a response that went wrong tells nothing to a browser that did not ask', async () => {
  const denied = idp.response({
    ...asked(loginRequest(provider, clock.now())),
    status: 'Responder RequestDenied',
  });
  assert.match(await refuses(denied), /not to the request of this browser/);
});
