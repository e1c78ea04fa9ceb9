import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { completeSaml } from '../../server/accounts/providers/saml.ts';
import { ProviderProblem } from '../../server/accounts/providers/vouched.ts';
import { listen } from '../support/listener.ts';
import { encoded } from '../support/saml-idp.ts';
import { instance, samlTrip } from '../support/saml-trip.ts';

// XML that means more than it says, or more than one reader can bear.

const { answer, complete, refuses, needs, provider, request } = samlTrip();

/** Sends the form field as it is. @returns what the administrator is told */
async function refusesField(field: string): Promise<string> {
  const problem = await completeSaml(needs, instance, provider, request, field).catch((error) => error);
  assert.ok(problem instanceof ProviderProblem, 'somebody was let in');
  assert.equal(problem.kind, 'bad_answer', problem.message);
  return problem.message;
}

/** A good response with something in a place that nobody signed. */
const beside = (within: string) =>
  answer().replace(
    '</samlp:Status>',
    () => `<samlp:StatusMessage>${within}</samlp:StatusMessage></samlp:Status>`,
  );

test('what stands beside the assertion may say what it likes, in good XML', async () => {
  assert.equal((await complete(beside('All <b a="1">is</b> well &amp; &#65; fine'))).claims['sub'], 'u-1');
});

/** Fails when somebody can keep the server busy with it. */
async function quickly(attempt: () => Promise<unknown>): Promise<void> {
  const begin = performance.now();
  await attempt();
  const took = performance.now() - begin;
  assert.ok(took < 3000, `it took ${took} ms`);
}

describe('a document type is refused whatever is in it', () => {
  const withType = (type: string, reference = '&e;') =>
    `<!DOCTYPE Response ${type}>${answer().replace('>u-1<', `>${reference}<`)}`;

  test('with an entity that names a file', async () => {
    assert.match(await refuses(withType('[<!ENTITY e SYSTEM "file:///etc/passwd">]')), /document type/);
    await refuses(`<?xml version="1.0"?>${withType('[<!ENTITY e SYSTEM "file:///etc/passwd">]')}`);
  });

  test('with an entity that is elsewhere, or a type that is, and nobody is asked', async () => {
    const evil = await listen((_, response) => response.end('<!ENTITY e "admin">'));
    const url = `http://127.0.0.1:${evil.port}/evil.dtd`;
    await refuses(withType(`[<!ENTITY e SYSTEM "${url}">]`));
    await refuses(withType(`SYSTEM "${url}"`));
    await refuses(withType(`[<!ENTITY % p SYSTEM "${url}"> %p;]`));
    await refuses(withType(`PUBLIC "-//EVIL" "${url}"`, 'u-1'));
    assert.equal(evil.connections(), 0);
  });

  test('with entities that become a billion', async () => {
    const laughs = Array.from(
      { length: 10 },
      (_, index) => `<!ENTITY e${index + 1} "${`&e${index};`.repeat(10)}">`,
    );
    await quickly(() => refuses(withType(`[<!ENTITY e0 "lol">${laughs.join('')}]`, '&e10;')));
  });

  test('with attributes that it adds', async () => {
    await refuses(withType('[<!ATTLIST NameID Format CDATA "x">]', 'u-1'));
    await refuses(withType('', 'u-1'));
  });

  test('and so is an entity without one', async () => {
    for (const reference of [
      '&e;',
      '&',
      '&;',
      '&lt',
      '&#x110000;',
      '&#0;',
      '&#xD800;',
      '&nbsp;',
      '&constructor;',
    ])
      await refuses(beside(reference));
  });
});

describe('what some readers see and others do not is refused', () => {
  test('a comment in a name, whether it was signed or came later', async () => {
    assert.match(await refuses(answer({ nameId: 'admin@example.com<!---->.evil.example' })), /comment/);
    const later = answer({ nameId: 'admin@example.com.evil.example' });
    await refuses(later.replace('.com.evil', '.com<!-- -->.evil'));
    await refuses(answer({ attributes: { email: 'admin@example.com<!---->.evil.example' } }));
    const whole = await complete(later);
    assert.equal(whole.claims['sub'], 'admin@example.com.evil.example');
  });

  test('a processing instruction, a CDATA section', async () => {
    await refuses(answer().replace('>u-1<', '>u-1<?admin?><'));
    for (const more of ['<?x?>', '<![CDATA[x]]>', '<!-- x -->', '<!x>']) await refuses(beside(more));
    await refuses(answer().replace('>u-1<', '><?u-1?><'));
    await refuses(answer({ nameId: '<![CDATA[u-1]]>' }));
    await refuses(answer().replace('>u-1<', '><![CDATA[u-1]]><'));
    await refuses(`<?xml-stylesheet href="http://evil.example/x.xsl"?>${answer()}`);
  });

  test('characters that XML has none of, and encodings but UTF-8', async () => {
    for (const character of ['\u0000', '\u000b', '\ufffe', '\uffff']) await refuses(beside(character));
    await refuses(`<?xml version="1.0" encoding="UTF-7"?>${answer()}`);
    await refuses(`<?xml version="1.1"?>${answer()}`);
    await refusesField(Buffer.from(answer(), 'utf16le').toString('base64'));
    const [head = '', tail = ''] = beside('HERE').split('HERE');
    const bytes = [Buffer.from(head), Buffer.from([0xc3, 0x28]), Buffer.from(tail)];
    assert.match(await refusesField(Buffer.concat(bytes).toString('base64')), /UTF-8/);
  });

  test('what is not well-formed', async () => {
    const xml = answer();
    for (const broken of [
      '',
      ' ',
      'not XML',
      '<',
      '<samlp:Response',
      xml.slice(0, -1),
      xml + xml,
      `${xml}<more/>`,
      `text${xml}`,
      xml.replace('</saml:Subject>', '</saml:subject>'),
      xml.replace('</saml:Subject>', ''),
      beside('<a></b>'),
      beside('<a b=1/>'),
      beside('<a b="1"c="2"/>'),
      beside('<a b="1" b="2"/>'),
      beside('<a xmlns:a="urn:a" xmlns:b="urn:a" a:x="1" b:x="2"/>'),
      beside('<a xmlns:a="urn:a" xmlns:a="urn:b"/>'),
      beside('<a b="<"/>'),
      beside('<unknown:a/>'),
      beside('<a unknown:b=""/>'),
      beside('<a xmlns:xml="urn:evil"/>'),
      beside('<a xmlns:b="http://www.w3.org/XML/1998/namespace"/>'),
      beside('<a xmlns:xmlns="urn:evil"/>'),
      beside('<a xmlns:a=""/>'),
      beside('<1a/>'),
      beside('<a:b:c xmlns:a="urn:a"/>'),
    ])
      await refuses(broken);
  });

  test('another document than a response', async () => {
    const xml = answer();
    await refuses(
      /<saml:Assertion .*<\/saml:Assertion>/s
        .exec(xml)?.[0]
        .replace('>', ' xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">') ?? '',
    );
    await refuses(xml.replaceAll('samlp:Response', 'samlp:ArtifactResponse'));
    await refuses(xml.replaceAll('SAML:2.0:protocol', 'SAML:1.1:protocol'));
    await refuses(xml.replaceAll('Version="2.0"', 'Version="1.1"'));
  });
});

describe('a field that is no response is refused', () => {
  test('that is not base64, or not only', async () => {
    const field = encoded(answer());
    for (const wrong of [
      '!!!!',
      `${field}!`,
      `${field}====`,
      `${field.slice(0, 40)}\u0000${field.slice(40)}`,
      `${field}=AAAA`,
      field.replaceAll('=', '').slice(0, -1),
      '%%%',
      '{"a":1}',
    ])
      await refusesField(wrong);
    await refusesField(Buffer.from(answer()).toString('base64url').replace(/^.{8}/, '-_-_-_-_'));
  });

  test('but lines may be wrapped', async () => {
    const wrapped = encoded(answer()).replace(/.{76}/g, '$&\r\n');
    assert.equal((await completeSaml(needs, instance, provider, request, wrapped)).claims['sub'], 'u-1');
  });

  test('that is compressed, which this binding is never', async () => {
    await refusesField(deflateRawSync(answer()).toString('base64'));
    const bomb = Buffer.alloc(50_000_000);
    await quickly(() => refusesField(deflateRawSync(bomb).toString('base64')));
    await quickly(() => refusesField(gzipSync(bomb).toString('base64')));
  });
});

describe('nobody keeps the server busy', () => {
  const around = (within: string) => answer().replace('<saml:Subject>', () => `<saml:Subject>${within}`);

  test('by size', async () => {
    assert.match(await refuses(around('x'.repeat(256 * 1024))), /256 KiB/);
    await quickly(() => refusesField('A'.repeat(50_000_000)));
    await quickly(() => refusesField(' '.repeat(50_000_000)));
  });

  test('by depth', async () => {
    await quickly(() => refuses(around('<a>'.repeat(80_000))));
    await quickly(() => refuses(around('<a>'.repeat(30_000) + '</a>'.repeat(30_000))));
  });

  test('by elements, attributes or namespaces', async () => {
    const tells = async (telling: RegExp, within: string) =>
      quickly(async () => assert.match(await refuses(around(within)), telling));
    await tells(/elements/, '<a/>'.repeat(60_000));
    const many = (of: (index: number) => string) =>
      Array.from({ length: 15_000 }, (_, index) => of(index)).join(' ');
    await tells(/attributes/, `<a ${many((index) => `a${index}=""`)}/>`);
    await tells(/attributes/, `<a ${many((index) => `xmlns:n${index}="u"`)}/>`);
    const declaring = (from: number) =>
      `<a ${Array.from({ length: 40 }, (_, index) => `xmlns:n${from + index}="u"`).join(' ')}>`;
    await tells(/namespaces/, `${declaring(0)}${declaring(40)}${'<b/>'.repeat(9000)}</a></a>`);
    await quickly(() =>
      refuses(around('<a xmlns:x="urn:x">'.repeat(31) + '<x:b/>'.repeat(9000) + '</a>'.repeat(31))),
    );
  });

  test('by a signature that is larger than what it signs', async () => {
    const many = Array.from({ length: 60 }, (_, index) => `xmlns:n${index}="${'u'.repeat(500)}${index}"`);
    const used = Array.from({ length: 60 }, (_, index) => `n${index}:a=""`);
    const grown = answer().replace(
      /(<DigestMethod [^>]*)\/>/,
      (_, start: string) =>
        `${start} ${many.join(' ')}>${`<a ${used.join(' ')}/>`.repeat(400)}</DigestMethod>`,
    );
    await quickly(async () => assert.match(await refuses(grown), /parts that it should not have/));
  });

  test('by a namespace that would be written at each of many elements', async () => {
    await quickly(() => refuses(around(`<a xmlns:x="${'u'.repeat(150_000)}">${'<x:b/>'.repeat(9000)}</a>`)));
  });

  test('by characters that look like the beginning of something', async () => {
    for (const piece of ['&', '<', '<!--', '<!', '</', '="', "'", ' ', '\n', '&#', 'a:'])
      await quickly(() => refuses(around(piece.repeat(Math.floor(240_000 / piece.length)))));
    await quickly(() => refuses(around(`<a ${' '.repeat(200_000)}`)));
    await quickly(() => refuses(`<?xml version="1.0"${' '.repeat(200_000)}`));
  });
});
