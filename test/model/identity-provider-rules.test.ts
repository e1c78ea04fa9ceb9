import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type ClaimMapping,
  type IdentityProvider,
  providerOfEmail,
} from '../../server/model/identity-provider.ts';
import { checkProvider, type ProviderValues } from '../../server/model/identity-provider-fields.ts';
import {
  checkClaimMapping,
  checkMetadata,
  emailDomainKey,
  emailDomainOf,
  maxMetadataLength,
  withoutReplaced,
} from '../../server/model/identity-provider-rules.ts';
import { samlMetadata } from '../support/identity-providers.ts';

type Type = Parameters<typeof checkProvider>[0];

const good: Record<Type, Partial<ProviderValues>> = {
  oidc: { name: 'Login', issuer: 'https://login.example.com', client_id: 'postern', scopes: ['openid'] },
  saml: { name: 'SSO', metadata: samlMetadata },
  handover: {
    name: 'Product',
    issuer: 'product',
    login_url: 'https://product.example.com/sign-in?from=postern',
    jwks_uri: 'https://product.example.com/jwks.json',
  },
};

function wrong(type: Type, change: Record<string, unknown>): string[] {
  return checkProvider(type, { ...good[type], ...change } as Partial<ProviderValues>).map(({ path }) => path);
}

describe('identity providers', () => {
  test('what each type needs is enough, and nothing of it can be left out', () => {
    for (const type of ['oidc', 'saml', 'handover'] as const) {
      assert.deepEqual(wrong(type, {}), []);
      for (const name of Object.keys(good[type])) {
        if (name === 'scopes') continue;
        const path = name === 'jwks_uri' ? 'jwks' : name;
        assert.deepEqual(wrong(type, { [name]: undefined }), [path]);
      }
    }
  });

  test('an issuer of OpenID Connect is an https URL without query and fragment, or one of this machine', () => {
    for (const issuer of [
      'https://a.example/realms/x',
      'http://localhost:8080/realms/x',
      'http://127.0.0.1:1',
    ])
      assert.deepEqual(wrong('oidc', { issuer }), [], issuer);
    for (const issuer of [
      'http://login.example.com',
      'https://login.example.com?tenant=1',
      'https://login.example.com#x',
      'https://user@login.example.com',
      'login.example.com',
      'javascript:alert(1)',
      '',
    ])
      assert.deepEqual(wrong('oidc', { issuer }), ['issuer'], issuer);
  });

  test('a product may be called as it likes, in 500 characters', () => {
    for (const issuer of ['product', 'urn:product', 'https://p.example/?a=1#b', 'x'.repeat(500)])
      assert.deepEqual(wrong('handover', { issuer }), [], issuer);
    for (const issuer of ['', ' ', 'x'.repeat(501), 'a\nb'])
      assert.deepEqual(wrong('handover', { issuer }), ['issuer'], issuer);
  });

  test('openid is among the scopes, and each scope is there once', () => {
    assert.deepEqual(wrong('oidc', { scopes: ['openid', 'groups', 'api://x/.default'] }), []);
    assert.deepEqual(wrong('oidc', { scopes: ['profile'] }), ['scopes']);
    assert.deepEqual(wrong('oidc', { scopes: ['openid', 'a b', 'openid'] }), ['scopes.1', 'scopes.2']);
  });

  test('metadata is a document of an identity provider or a URL, never both', () => {
    const metadata_url = 'https://saml.example.com/metadata';
    assert.deepEqual(wrong('saml', { metadata: null, metadata_url }), []);
    assert.deepEqual(wrong('saml', { metadata_url }), ['metadata']);
    assert.deepEqual(wrong('saml', { metadata: '' }), ['metadata']);
    assert.deepEqual(wrong('saml', { metadata: null, metadata_url: 'http://saml.example.com/' }), [
      'metadata_url',
    ]);
    for (const text of [
      'metadata',
      '<html></html>',
      samlMetadata.replaceAll('IDPSSODescriptor', 'SPSSODescriptor'),
      `<!DOCTYPE md [<!ENTITY x SYSTEM "file:///etc/passwd">]>${samlMetadata}`,
      samlMetadata + ' '.repeat(maxMetadataLength),
    ])
      assert.notEqual(checkMetadata(text), null, text.slice(0, 80));
    assert.equal(checkMetadata(`\ufeff${samlMetadata}`), null);
  });

  test('a login URL has no parameter that is added to it', () => {
    for (const name of ['login_request', 'prompt', 'client_id', 'max_age'])
      assert.deepEqual(wrong('handover', { login_url: `https://p.example/?${name}=1` }), ['login_url'], name);
    assert.deepEqual(wrong('handover', { login_url: 'http://p.example/' }), ['login_url']);
    assert.deepEqual(wrong('handover', { login_url: 'com.example.app:/login' }), ['login_url']);
  });

  test('keys are a set of 1 to 20, or at a URL, never both', () => {
    const jwks = { keys: [{}] };
    assert.deepEqual(wrong('handover', { jwks, jwks_uri: null }), []);
    assert.deepEqual(wrong('handover', { jwks }), ['jwks']);
    assert.deepEqual(wrong('handover', { jwks: { keys: [] }, jwks_uri: null }), ['jwks']);
    assert.deepEqual(wrong('handover', { jwks: {}, jwks_uri: null }), ['jwks']);
    assert.deepEqual(wrong('handover', { jwks: { keys: Array(21).fill({}) }, jwks_uri: null }), ['jwks']);
  });

  test('what is given of a pair takes the place of the other, unless both are spoken of', () => {
    assert.deepEqual(withoutReplaced({ jwks_uri: 'https://x.example' }), {
      jwks_uri: 'https://x.example',
      jwks: null,
    });
    assert.deepEqual(withoutReplaced({ metadata: '<x/>', metadata_url: 'y' }), {
      metadata: '<x/>',
      metadata_url: 'y',
    });
    assert.deepEqual(withoutReplaced({ metadata: null, name: 'x' }), { metadata: null, name: 'x' });
  });
});

describe('domains of email addresses', () => {
  test('are compared in lower case and in ASCII', () => {
    assert.equal(emailDomainKey('Example.COM'), 'example.com');
    assert.equal(emailDomainKey('Bücher.example'), 'xn--bcher-kva.example');
    assert.equal(emailDomainKey('例え.テスト'), 'xn--r8jz45g.xn--zckzah');
    assert.equal(emailDomainOf('ada@EXAMPLE.com'), 'example.com');
    assert.equal(emailDomainOf('"odd@local"@example.com'), 'example.com');
  });

  test('lead people to their provider however they write the address', () => {
    const provider = { emailDomains: ['xn--bcher-kva.example'] } as unknown as IdentityProvider;
    for (const email of ['ada@bücher.example', 'ada@BÜCHER.example', 'ada@xn--bcher-kva.example'])
      assert.equal(providerOfEmail(email, [provider]), provider, email);
    for (const email of ['ada@bucher.example', 'ada@x.bücher.example', 'ada', 'ada@'])
      assert.equal(providerOfEmail(email, [provider]), undefined, email);
  });

  test('are names in the DNS and nothing else', () => {
    for (const domain of [
      '',
      '@example.com',
      'ada@example.com',
      'https://example.com',
      'example.com/',
      'example.com:443',
      'example.com.',
      '.example.com',
      '*.example.com',
      'exa mple.com',
      'exa_mple.com',
      '-example.com',
      'example..com',
      '192.0.2.1',
      '0x7f.1',
      '[::1]',
      'example%2ecom',
      `${'a'.repeat(64)}.com`,
      `${'a.'.repeat(130)}com`,
      'example.com\u0000',
    ])
      assert.equal(emailDomainKey(domain), null, domain);
  });
});

describe('the mapping of claims', () => {
  const mistakes = (mapping: ClaimMapping) => checkClaimMapping(mapping).map(({ path }) => path);

  test('takes the names that providers use, URLs of SAML attributes among them', () => {
    const email = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress';
    const administrator = { claim: 'groups', values: ['admins'] };
    assert.deepEqual(mistakes({ subject: 'oid', email, administrator, copy: ['department', email] }), []);
  });

  test('copies no claim by whose name tokens say something of their own', () => {
    for (const name of ['sub', 'iss', 'scope', 'email', 'name', 'sid', '__proto__', 'constructor', 'a b'])
      assert.deepEqual(mistakes({ copy: ['fine', name] }), ['claims.copy.1'], name);
    assert.deepEqual(mistakes({ copy: ['twice', 'twice'] }), ['claims.copy.1']);
  });

  test('has values by which somebody is an administrator, 50 at most, and as many copies', () => {
    const many = Array.from({ length: 51 }, (_, index) => `claim-${index}`);
    assert.deepEqual(mistakes({ administrator: { claim: 'groups', values: [] } }), [
      'claims.administrator.values',
    ]);
    assert.deepEqual(mistakes({ administrator: { claim: 'groups', values: many }, copy: many }), [
      'claims.administrator.values',
      'claims.copy',
    ]);
  });

  test('has no empty names', () => {
    assert.deepEqual(mistakes({ subject: '', email: ' ', administrator: { claim: '', values: [''] } }), [
      'claims.subject',
      'claims.email',
      'claims.administrator.claim',
      'claims.administrator.values.0',
    ]);
  });
});
