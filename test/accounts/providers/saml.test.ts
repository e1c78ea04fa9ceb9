import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { beginSaml } from '../../../server/accounts/providers/saml.ts';
import { MINUTE, SECOND } from '../../../server/base/units.ts';
import { readXml } from '../../../server/base/xml/read.ts';
import { requestOf, SamlIdp } from '../../support/saml-idp.ts';
import { instance, loginRequest, samlTrip } from '../../support/saml-trip.ts';

// What a SAML provider is asked, and what its answer comes to.

const nameIds = 'urn:oasis:names:tc:SAML:1.1:nameid-format:';
const contexts = 'urn:oasis:names:tc:SAML:2.0:ac:classes:';

describe('a trip to a SAML provider', () => {
  test('begins with a request that tells who asks, and where the answer goes', async () => {
    const { needs, provider, request, asked } = samlTrip();
    const url = new URL(await beginSaml(needs, instance, provider, request));
    assert.equal(url.origin + url.pathname, 'https://idp.example/sso');
    assert.equal(url.searchParams.get('RelayState'), request.id);
    const xml = requestOf(url.href);
    const { audience, acsUrl, inResponseTo } = asked();
    const { attributes, children } = readXml(xml);
    const said = Object.fromEntries(attributes.map(({ localName, value }) => [localName, value]));
    assert.deepEqual(said, {
      ID: inResponseTo,
      Version: '2.0',
      IssueInstant: new Date(needs.clock()).toISOString(),
      Destination: 'https://idp.example/sso',
      ProtocolBinding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
      AssertionConsumerServiceURL: acsUrl,
    });
    assert.match(xml, new RegExp(`<saml:Issuer>${audience}</saml:Issuer>`));
    assert.match(xml, /<samlp:NameIDPolicy AllowCreate="true"\/>/);
    assert.equal(children.length, 2);
  });

  test('keeps the query that the address of the provider has', async () => {
    const idp = new SamlIdp();
    const { needs, provider, request } = samlTrip(idp, {
      metadata: idp.metadata('https://idp.example/sso?idpid=C01%20x'),
    });
    const url = await beginSaml(needs, instance, provider, request);
    assert.match(url, /^https:\/\/idp\.example\/sso\?idpid=C01%20x&SAMLRequest=/);
  });

  test('asks for a new sign-in, or for no page, where the application does', async () => {
    const { needs, provider } = samlTrip();
    const asks = async (asked: Parameters<typeof loginRequest>[2]) =>
      requestOf(await beginSaml(needs, instance, provider, loginRequest(provider, needs.clock(), asked)));
    assert.doesNotMatch(await asks({}), /ForceAuthn|IsPassive/);
    assert.match(await asks({ prompt: 'login' }), / ForceAuthn="true"/);
    assert.match(await asks({ maxAge: 0 }), / ForceAuthn="true"/);
    assert.match(await asks({ maxAge: 600 }), / ForceAuthn="true"/);
    assert.match(await asks({ prompt: 'none' }), / IsPassive="true"/);
    assert.doesNotMatch(await asks({ prompt: 'none' }), /ForceAuthn/);
  });

  test('takes along whom the application expects', async () => {
    const { needs, provider } = samlTrip();
    const request = loginRequest(provider, needs.clock(), { loginHint: 'a+b@example.com', uiLocales: 'sv' });
    const { searchParams } = new URL(await beginSaml(needs, instance, provider, request));
    assert.equal(searchParams.get('login_hint'), 'a+b@example.com');
    assert.equal(searchParams.get('ui_locales'), 'sv');
  });
});

describe('an assertion', () => {
  test('says who it is, when they signed in and by what, and may be used until it is over', async () => {
    const { answer, complete, clock, request } = samlTrip();
    const person = await complete(
      answer({
        nameId: 'u-42',
        assertionId: '_of-this-test',
        authnInstant: clock.now() - 30 * MINUTE,
        attributes: {
          'urn:oid:2.16.840.1.113730.3.1.241|displayName': 'Ada &amp; Søn &lt;3',
          groups: ['staff', 'admins'],
          mail: 'ada@example.com',
        },
      }),
    );
    assert.deepEqual(person, {
      claims: {
        sub: 'u-42',
        name_id_format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
        'urn:oid:2.16.840.1.113730.3.1.241': 'Ada & Søn <3',
        displayName: 'Ada & Søn <3',
        name: 'Ada & Søn <3',
        groups: ['staff', 'admins'],
        mail: 'ada@example.com',
        email: 'ada@example.com',
      },
      authenticatedAt: clock.now() - 30 * MINUTE,
      methods: ['pwd'],
      once: { id: '_of-this-test', expiresAt: clock.now() + 6 * MINUTE },
    });
    assert.equal(request.id.length, 43);
  });

  test('is read whatever strong algorithm signed it', async () => {
    const more = 'http://www.w3.org/2001/04/xmldsig-more#';
    const rsa = samlTrip();
    for (const algorithm of [
      `${more}rsa-sha384`,
      `${more}rsa-sha512`,
      'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
    ])
      assert.equal(
        (await rsa.complete(rsa.answer({ signing: { algorithm } }))).claims['sub'],
        'u-1',
        algorithm,
      );
    const digest = 'http://www.w3.org/2001/04/xmlenc#sha512';
    assert.equal((await rsa.complete(rsa.answer({ signing: { digest } }))).claims['sub'], 'u-1');
    const ec = samlTrip(new SamlIdp('https://ec.example', 'P-256'));
    for (const algorithm of [`${more}ecdsa-sha256`, `${more}ecdsa-sha512`])
      assert.equal(
        (await ec.complete(ec.answer({ signing: { algorithm } }))).claims['sub'],
        'u-1',
        algorithm,
      );
  });

  test('is read with a list of inclusive namespaces, and with a signed response around it', async () => {
    const { answer, complete } = samlTrip();
    const signing = { prefixes: ['xs', 'saml'] };
    assert.equal((await complete(answer({ signing }))).claims['sub'], 'u-1');
    assert.equal((await complete(answer({ signing, sign: ['assertion', 'response'] }))).claims['sub'], 'u-1');
  });

  test('has claims by the names of well-known attributes, unless it has them itself', async () => {
    const { answer, complete } = samlTrip();
    const xmlsoap = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/';
    const entra = await complete(
      answer({
        attributes: {
          [`${xmlsoap}emailaddress`]: 'a@example.com',
          [`${xmlsoap}givenname`]: 'Ada',
          [`${xmlsoap}surname`]: 'Lovelace',
          'http://schemas.microsoft.com/claims/authnmethodsreferences': [
            'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password',
            'http://schemas.microsoft.com/claims/multipleauthn',
          ],
        },
      }),
    );
    assert.equal(entra.claims['email'], 'a@example.com');
    assert.equal(entra.claims['given_name'], 'Ada');
    assert.equal(entra.claims['family_name'], 'Lovelace');
    assert.deepEqual(entra.methods, ['pwd', 'mfa']);
    const own = await complete(
      answer({ attributes: { email: 'own@example.com', mail: 'other@example.com' } }),
    );
    assert.equal(own.claims['email'], 'own@example.com');
  });

  test('has an email address where the NameID is one and no attribute says another', async () => {
    const { answer, complete } = samlTrip();
    const said = { nameId: 'ada@example.com', nameIdFormat: `${nameIds}emailAddress` };
    const { claims } = await complete(answer({ ...said, attributes: {} }));
    assert.deepEqual([claims['sub'], claims['email']], ['ada@example.com', 'ada@example.com']);
    const both = await complete(answer(said));
    assert.equal(both.claims['email'], 'someone@example.com');
    const plain = await complete(answer({ ...said, nameIdFormat: `${nameIds}unspecified`, attributes: {} }));
    assert.equal(plain.claims['email'], undefined);
  });

  test('with a transient NameID needs an attribute that tells users apart', async () => {
    const trip = samlTrip();
    const xml = trip.answer({
      nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
      attributes: { uid: 'u-7' },
    });
    assert.match(await trip.refuses(xml, 'misconfigured'), /transient/);
    const { claims } = await trip.complete(xml, trip.request, {
      ...trip.provider,
      claims: { subject: 'uid' },
    });
    assert.deepEqual([claims['uid'], claims['sub']], ['u-7', undefined]);
  });

  test('says by what somebody signed in, where its context says so', async () => {
    const { answer, complete } = samlTrip();
    const methods = async (context: string) => (await complete(answer({ context }))).methods;
    assert.deepEqual(await methods(`${contexts}Password`), ['pwd']);
    assert.deepEqual(await methods(`${contexts}TimeSyncToken`), ['otp']);
    assert.deepEqual(await methods(`${contexts}SmartcardPKI`), ['sc', 'pin', 'mfa']);
    assert.deepEqual(await methods('https://refeds.org/profile/mfa'), ['mfa']);
    assert.deepEqual(await methods(`${contexts}unspecified`), []);
  });

  test('counts for a clock that is a minute off, and no more', async () => {
    const { answer, complete, refuses, clock } = samlTrip();
    const from = (ahead: number) =>
      answer({
        notBefore: clock.now() + ahead,
        issueInstant: clock.now() + ahead,
        authnInstant: clock.now() + ahead,
      });
    await complete(from(59 * SECOND));
    assert.match(await refuses(from(61 * SECOND)), /clock/);
    const until = (behind: number) => answer({ notOnOrAfter: clock.now() - behind });
    await complete(until(59 * SECOND));
    assert.match(await refuses(until(60 * SECOND)), /too old/);
  });

  test('counts an hour from its issue at most, whatever it says', async () => {
    const { answer, complete, refuses, clock } = samlTrip();
    const year = 365 * 24 * 60 * MINUTE;
    const xml = answer({ notOnOrAfter: clock.now() + year, confirmedUntil: clock.now() + year });
    assert.deepEqual((await complete(xml)).once?.expiresAt, clock.now() + 61 * MINUTE);
    clock.advance(61 * MINUTE);
    assert.match(await refuses(xml), /too old/);
  });
});

describe('a response without an assertion', () => {
  test('tells why nobody comes', async () => {
    const { answer, refuses } = samlTrip();
    const says = (status: string) => answer({ status });
    assert.match(await refuses(says('Responder NoPassive'), 'login_required'), /NoPassive/);
    assert.match(await refuses(says('Responder AuthnFailed'), 'denied'), /AuthnFailed/);
    assert.match(await refuses(says('Requester RequestDenied'), 'denied'), /RequestDenied/);
    assert.match(
      await refuses(says('Responder InvalidNameIDPolicy'), 'misconfigured'),
      /Responder, InvalidNameIDPolicy/,
    );
    assert.match(await refuses(says('Requester'), 'misconfigured'), /Requester/);
  });

  test('repeats nothing that a stranger wrote', async () => {
    const { answer, refuses } = samlTrip();
    const message = await refuses(answer({ status: 'urn:example:call-0900-EVIL' }), 'misconfigured');
    assert.doesNotMatch(message, /EVIL/);
  });
});

test('our metadata says what we are, and is XML', () => {
  const { metadata, asked } = samlTrip();
  const { audience, acsUrl } = asked();
  const root = readXml(metadata);
  assert.equal(root.localName, 'EntityDescriptor');
  assert.ok(metadata.includes(`entityID="${audience}"`));
  assert.ok(metadata.includes(`Location="${acsUrl}"`));
  assert.match(metadata, /WantAssertionsSigned="true"/);
});
