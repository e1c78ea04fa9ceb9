import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { selfSigned } from '../support/certificate.ts';
import { anotherTransform, SamlIdp } from '../support/saml-idp.ts';
import { samlTrip } from '../support/saml-trip.ts';

// Somebody has an assertion about themselves, or none, and wants to be somebody else. What a signature is over, and by whom, decides.

const trip = samlTrip();
const { idp, answer, complete, refuses } = trip;

/** A response that says the attacker is `u-1`, cut into its parts, and an assertion that nobody signed. */
function parts(sign: readonly ('assertion' | 'response')[] = ['assertion']) {
  const xml = answer({ sign });
  const [assertion] = /<saml:Assertion .*<\/saml:Assertion>/s.exec(xml) ?? assert.fail();
  const [signature = ''] = /<Signature .*?<\/Signature>/s.exec(assertion) ?? [];
  const bare = assertion.replace(signature, '');
  const evil = bare.replace('>u-1<', '>admin<');
  const id = /ID="([^"]+)"/.exec(assertion)?.[1] ?? assert.fail();
  return { xml, assertion, signature, bare, evil, other: evil.replace(id, '_evil'), id };
}

/** Puts something into an element, before its end. */
const within = (element: string, ...more: string[]) =>
  element.replace(/<\/[^<]*>$/, (end) => more.join('') + end);
const afterIssuer = (element: string, ...more: string[]) =>
  element.replace('</saml:Issuer>', (end) => end + more.join(''));

test('the response that is attacked here lets its owner in as it is', async () => {
  assert.equal((await complete(parts().xml)).claims['sub'], 'u-1');
  assert.equal((await complete(parts(['assertion', 'response']).xml)).claims['sub'], 'u-1');
});

describe('a signed assertion beside one that is not lets nobody in', () => {
  for (const copy of ['other', 'evil'] as const) {
    const ofId = copy === 'evil' ? ' with the same ID' : '';
    const { xml, assertion, signature, bare, [copy]: evil } = parts();
    const swapped = (by: string) => xml.replace(assertion, () => by);

    const ways: Record<string, string> = {
      'before it': swapped(evil + assertion),
      'after it': swapped(assertion + evil),
      'within it': swapped(within(evil, assertion)),
      'under the signature of the other, which has lost its own': swapped(
        afterIssuer(evil, signature) + bare,
      ),
      'within the signature': swapped(afterIssuer(evil, within(signature, assertion))),
      'within the signature, with the signature taken out': swapped(
        afterIssuer(evil, within(signature, bare)),
      ),
      'within an object of the signature': swapped(
        afterIssuer(evil, within(signature, `<Object>${bare}</Object>`)),
      ),
      'in the extensions of the response': xml.replace(
        '<samlp:Status>',
        () => `<samlp:Extensions>${evil}</samlp:Extensions><samlp:Status>`,
      ),
      'with the signed one in the extensions': swapped(evil).replace(
        '<samlp:Status>',
        () => `<samlp:Extensions>${assertion}</samlp:Extensions><samlp:Status>`,
      ),
      'in an Advice of the other': swapped(within(evil, `<saml:Advice>${assertion}</saml:Advice>`)),
      'in the detail of the status': xml.replace(
        '</samlp:Status>',
        () => `<samlp:StatusDetail>${evil}</samlp:StatusDetail></samlp:Status>`,
      ),
      'in another namespace': swapped(`<e:Assertion xmlns:e="urn:evil">${evil}</e:Assertion>${assertion}`),
    };
    for (const [where, wrapped] of Object.entries(ways))
      test(`${where}${ofId}`, async () => {
        await refuses(wrapped);
      });
  }
});

describe('a signed response within one that is not lets nobody in', () => {
  const { xml, assertion, evil } = parts(['response']);
  const [signature = ''] = /<Signature .*?<\/Signature>/s.exec(xml) ?? [];
  const evilResponse = xml
    .replace(assertion, () => evil)
    .replace(signature, '')
    .replace(/ ID="[^"]+"/, ' ID="_evil-response"');

  test('in its signature', async () => {
    await refuses(afterIssuer(evilResponse, within(signature, xml.replace(signature, ''))));
  });

  test('beside its signature', async () => {
    await refuses(afterIssuer(evilResponse, xml.replace(signature, ''), signature));
  });

  test('at its end', async () => {
    await refuses(within(evilResponse, xml));
  });
});

describe('what counts is the signature of the assertion', () => {
  test('which one that only the response has is not', async () => {
    assert.match(await refuses(answer({ sign: ['response'] }), 'misconfigured'), /sign assertions/);
  });

  test('of which nobody can do without', async () => {
    await refuses(answer({ sign: [] }), 'misconfigured');
    const { xml, signature } = parts();
    await refuses(xml.replace(signature, ''), 'misconfigured');
    await refuses(xml.replace(signature, '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>'));
  });

  test('beside which no broken one of the response may stand', async () => {
    const { xml } = parts(['assertion', 'response']);
    const [end = ''] = /.{20}<\/SignatureValue>/.exec(xml) ?? [];
    await refuses(xml.replace(end, () => `AAAAAAAAAAAAAAAAAAAA${end.slice(20)}`));
  });

  test('over which two signatures are one too many', async () => {
    const { xml, signature } = parts();
    await refuses(xml.replace(signature, signature + signature));
  });

  test('in which nothing was changed', async () => {
    const { xml } = parts();
    for (const [from, to] of [
      ['>u-1<', '>u-2<'],
      ['>someone@example.com<', '>admin@example.com<'],
      ['>u-1<', '> u-1<'],
      ['Name="email"', 'Name="email" FriendlyName="administrator"'],
      ['<saml:NameID ', '<saml:NameID xmlnsx="1" '],
      ['<saml:NameID ', '<saml:NameID xml:lang="en" '],
      ['</saml:AttributeStatement>', '</saml:AttributeStatement><saml:AttributeStatement/>'],
      ['</saml:Assertion>', '\n</saml:Assertion>'],
    ] as const)
      await refuses(xml.replace(from, to));
  });
});

describe('a signature counts by the key of the provider alone', () => {
  const mallory = selfSigned(['idp.example'], 'RSA');

  test('not by another key of the same name', async () => {
    assert.match(await refuses(answer({ signing: { by: mallory } })), /none of the known keys/);
  });

  test('not by one that the signature brings along', async () => {
    await refuses(answer({ signing: { by: mallory, shows: mallory.cert } }));
    await refuses(answer({ signing: { by: mallory, shows: idp.certificate.cert } }));
    assert.equal((await complete(answer({ signing: { shows: mallory.cert } }))).claims['sub'], 'u-1');
  });

  test('not by a key of another kind', async () => {
    await refuses(answer({ signing: { by: selfSigned(['idp.example']) } }));
  });

  test('not with its public key taken for a shared secret', async () => {
    const algorithm = 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256';
    for (const key of [idp.certificate.cert, idp.certificate.cert.trim()])
      await refuses(answer({ signing: { by: { ...idp.certificate, key }, algorithm } }));
  });

  test('not by the key of another provider', async () => {
    const other = new SamlIdp('https://idp.example/saml');
    await refuses(answer({ signing: { by: other.certificate } }));
  });
});

describe('a signature that the provider made counts for nothing', () => {
  const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';
  const inclusive = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
  const enveloped = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';

  test('with SHA-1', async () => {
    await refuses(answer({ signing: { algorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' } }));
    await refuses(answer({ signing: { digest: 'http://www.w3.org/2000/09/xmldsig#sha1' } }));
  });

  test('with other transforms or another canonicalization than SAML has', async () => {
    for (const transforms of [
      [enveloped],
      [exclusive],
      [exclusive, enveloped],
      [enveloped, inclusive],
      [enveloped, `${exclusive}WithComments`],
      [enveloped, exclusive, exclusive],
      [anotherTransform, exclusive],
      [enveloped, exclusive, exclusive, exclusive, exclusive],
    ])
      await refuses(answer({ signing: { transforms } }));
    await refuses(answer({ signing: { canonicalization: inclusive } }));
    await refuses(answer({ signing: { canonicalization: `${exclusive}WithComments` } }));
  });

  test('over something else than the assertion that it is in', async () => {
    const { xml, signature, assertion } = parts();
    const { signature: ofAnother } = parts();
    await refuses(xml.replace(signature, () => ofAnother));
    const ofResponse = answer({ sign: ['response'] });
    const [borrowed = ''] = /<Signature .*?<\/Signature>/s.exec(ofResponse) ?? [];
    await refuses(
      ofResponse.replace(borrowed, '').replace(/(<saml:Assertion .*?<\/saml:Issuer>)/s, `$1${borrowed}`),
    );
    for (const uri of ['', '#', '#xpointer(/)', '#_evil', 'https://evil.example/'])
      await refuses(xml.replace(assertion, () => assertion.replace(/URI="[^"]*"/, `URI="${uri}"`)));
  });
});

test('what is spelled in another way is what was signed, and no more', async () => {
  const { xml } = parts();
  const spelled = xml
    .replace('>u-1<', '>&#117;-&#x31;<')
    .replace('<saml:NameID Format="', "<saml:NameID  xmlns:unused='urn:x'\n Format = \"")
    .replace('<samlp:Response ', '<samlp:Response xmlns:more="urn:y" ');
  assert.equal((await complete(spelled)).claims['sub'], 'u-1');
});
