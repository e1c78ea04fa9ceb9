import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Refusal } from '../../server/base/refusal.ts';
import {
  BadSamlMetadata,
  readSamlMetadata,
  refuseBadMetadata,
} from '../../server/registry/identity-providers/saml-metadata.ts';
import { selfSigned } from '../support/certificate.ts';
import { SamlIdp } from '../support/saml-idp.ts';

// What is taken from the metadata of a SAML provider, and what is not taken for one.

const idp = new SamlIdp();
const good = idp.metadata();

function refuses(xml: string, telling: RegExp): void {
  assert.throws(
    () => readSamlMetadata(xml),
    (error) => error instanceof BadSamlMetadata && telling.test(error.message),
  );
}

test('metadata tells the name of a provider, where browsers go, and its keys', () => {
  const { entityId, signInUrl, signingKeys, validUntil } = readSamlMetadata(good);
  assert.equal(entityId, 'https://idp.example/saml');
  assert.equal(signInUrl, 'https://idp.example/sso');
  assert.deepEqual(
    signingKeys.map(({ asymmetricKeyType }) => asymmetricKeyType),
    ['rsa'],
  );
  assert.equal(validUntil, null);
});

test('metadata may have a mark of its byte order, comments, and space around it', () => {
  assert.equal(readSamlMetadata(`\uFEFF${good}\n<!-- the end -->\n`).entityId, idp.entityId);
});

test('metadata may have several keys, of several kinds, for signing or for anything, but not for encryption', () => {
  const all = [idp.certificate, selfSigned(['next']), selfSigned(['other'])];
  const xml = idp.metadata(undefined, all);
  assert.equal(readSamlMetadata(xml).signingKeys.length, 3);
  assert.equal(readSamlMetadata(xml.replaceAll(' use="signing"', '')).signingKeys.length, 3);
  assert.equal(readSamlMetadata(xml.replace(' use="signing"', ' use="encryption"')).signingKeys.length, 2);
  refuses(xml.replaceAll(' use="signing"', ' use="encryption"'), /no certificate for signing/);
});

test('metadata may be wrapped in a list of entities, of which one is an identity provider', () => {
  const entity = good.slice(good.indexOf('<md:EntityDescriptor'));
  const md = 'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"';
  const service = `<md:EntityDescriptor entityID="https://sp.example"><md:SPSSODescriptor protocolSupportEnumeration="x"/></md:EntityDescriptor>`;
  const list = (...entities: string[]) =>
    `<md:EntitiesDescriptor ${md} validUntil="2026-12-01T00:00:00Z">${entities.join('')}</md:EntitiesDescriptor>`;
  const read = readSamlMetadata(list(service, entity));
  assert.equal(read.entityId, idp.entityId);
  assert.equal(read.validUntil, Date.parse('2026-12-01T00:00:00Z'));
  refuses(list(entity, entity), /more than one/);
  refuses(list(service), /no identity provider/);
});

test('the earliest end of metadata counts', () => {
  const xml = idp
    .metadata(undefined, undefined, ' validUntil="2027-01-01T00:00:00Z"')
    .replace('<md:IDPSSODescriptor ', '<md:IDPSSODescriptor validUntil="2026-06-01T02:00:00+02:00" ');
  assert.equal(readSamlMetadata(xml).validUntil, Date.parse('2026-06-01T00:00:00Z'));
  refuses(idp.metadata(undefined, undefined, ' validUntil="some day"'), /validUntil/);
});

test('metadata that is over already is not stored', () => {
  const end = Date.parse('2026-12-01T00:00:00Z');
  const xml = idp.metadata(undefined, undefined, ' validUntil="2026-12-01T00:00:00Z"');
  refuseBadMetadata(xml, end - 1);
  assert.throws(() => refuseBadMetadata(xml, end), Refusal);
  refuseBadMetadata(null, end);
});

describe('metadata that no sign-in can work with says what it lacks', () => {
  test('a provider of SAML 2.0', () => {
    refuses(good.replace('SAML:2.0:protocol', 'SAML:1.1:protocol'), /no identity provider of SAML 2.0/);
    refuses(good.replaceAll('IDPSSODescriptor', 'SPSSODescriptor'), /no identity provider/);
    refuses('<html xmlns="http://www.w3.org/1999/xhtml"/>', /no identity provider/);
  });

  test('a name', () => {
    refuses(good.replace('entityID=', 'entityId='), /entityID/);
    refuses(good.replace(/entityID="[^"]*"/, 'entityID=" "'), /entityID/);
  });

  test('an address for browsers', () => {
    refuses(good.replace('HTTP-Redirect', 'SOAP'), /HTTP-Redirect/);
    for (const url of [
      'javascript:alert(1)',
      'http://idp.example/sso',
      'ftp://idp.example',
      '/sso',
      '',
      'https://user:password@idp.example/sso',
      'https://idp.example/sso#part',
      'https://idp.example/s so',
      `https://idp.example/${'s'.repeat(2000)}`,
    ])
      refuses(idp.metadata(url), /Location/);
    assert.equal(
      readSamlMetadata(idp.metadata('http://localhost:8080/sso')).signInUrl,
      'http://localhost:8080/sso',
    );
  });

  test('a key that is good enough', () => {
    refuses(good.replace(/<ds:X509Certificate>.*?<\/ds:X509Certificate>/s, ''), /no certificate/);
    refuses(good.replace(/(<ds:X509Certificate>).{40}/s, '$1'), /cannot be read/);
    refuses(idp.metadata(undefined, Array(17).fill(idp.certificate)), /more than 16/);
  });

  test('XML, and only what XML is needed for', () => {
    refuses('', /no XML/);
    refuses('not XML', /no XML/);
    refuses(good.slice(0, -5), /no XML/);
    refuses(
      `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${good.slice(good.indexOf('<md:'))}`,
      /document type/,
    );
    refuses(good + ' '.repeat(256 * 1024), /256 KiB/);
  });
});
