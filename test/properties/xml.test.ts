import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { SignedXml } from 'xml-crypto';
import { canonicalXml } from '../../server/base/xml/canonical.ts';
import { BadXml, readXml, type XmlElement } from '../../server/base/xml/read.ts';
import { BadXmlSignature, readSigned } from '../../server/keys/xml-signature.ts';
import { anyText, base64urlish, changeBy, changed, textOfPieces } from '../support/arbitraries.ts';
import { selfSigned } from '../support/certificate.ts';
import { runs } from '../support/property-runs.ts';

// XML that strangers send is read as one thing or not at all, and a signature is over all of what is read.

interface Tree {
  readonly prefix: string;
  readonly name: string;
  readonly declared: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (Tree | string)[];
}

const text = fc
  .oneof(
    fc.constantFrom(' ', '\n', '\t', '\r', '&', '<', '>', '"', "'", ']]>', 'é', '𐍈'),
    fc.string({ maxLength: 4 }),
  )
  .filter((value) => !/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(value));
const prefix = fc.constantFrom('', 'a', 'b', 'c');
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.record({
    prefix,
    name: fc.constantFrom('x', 'y', 'z'),
    declared: fc.dictionary(prefix, fc.constantFrom('urn:a', 'urn:b', 'urn:c?d=1'), { maxKeys: 3 }),
    attributes: fc.dictionary(fc.constantFrom('m', 'n', 'a:m', 'b:o', 'xml:lang'), text, { maxKeys: 3 }),
    children: fc.array(fc.oneof({ depthSize: 'small' }, text, tie('tree')), { maxLength: 4 }),
  }),
}));

/** The tree as one of many spellings of it: every character of its texts may be a reference. */
function written({ prefix, name, declared, attributes, children }: Tree, spelling: number): string {
  const spelled = (value: string) =>
    [...value]
      .map((character, index) =>
        /[\t\n\r&<>"']/.test(character) || (index + spelling) % 3 === 0
          ? `&#${index % 2 ? 'x' : ''}${(character.codePointAt(0) ?? 0).toString(index % 2 ? 16 : 10)};`
          : character,
      )
      .join('');
  const tag = prefix === '' ? name : `${prefix}:${name}`;
  const names = Object.entries(declared).map(([key, value]) => [
    key === '' ? 'xmlns' : `xmlns:${key}`,
    value,
  ]);
  const all = [...names, ...Object.entries(attributes)].map(
    ([key = '', value = '']) => ` ${key} = "${spelled(value)}"\n`,
  );
  const inner = children.map((child) =>
    typeof child === 'string' ? spelled(child) : written(child, spelling + 1),
  );
  return `<${tag}${all.join('')}>${inner.join('')}</${tag} >`;
}

/** A document around a tree, in which every prefix is declared. */
const documents = fc
  .tuple(tree, fc.nat({ max: 2 }))
  .map(
    ([root, spelling]) =>
      `<d:root xmlns:d="urn:d" xmlns:a="urn:a" xmlns:b="urn:b" xmlns:c="urn:c" ID="_1"><d:first/>${written(root, spelling)}</d:root>`,
  );

function readOrRefuse(document: string): XmlElement | undefined {
  try {
    return readXml(document);
  } catch (error) {
    if (error instanceof BadXml) return undefined;
    throw error;
  }
}

/** The names, values and texts of an element, without what it is in. */
function contentOf(element: XmlElement): unknown {
  const { namespace, localName, attributes, children } = element;
  return [
    namespace,
    localName,
    attributes.map((each) => [each.namespace, each.localName, each.value].join('|')).toSorted(),
    children.map((child) => (typeof child === 'string' ? child : contentOf(child))),
  ];
}

test('the canonical form of what was read says all that was read, and nothing else', () => {
  fc.assert(
    fc.property(documents, (document) => {
      const root = readXml(document);
      const canonical = canonicalXml(root);
      const again = readXml(canonical);
      assert.deepEqual(contentOf(again), contentOf(root));
      assert.equal(canonicalXml(again), canonical);
    }),
    runs(300),
  );
});

const pair = selfSigned(['idp.example'], 'RSA');
const keys = [createPublicKey(pair.cert)];
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';

function signed(document: string, prefixes: string[]): string {
  const signer = new SignedXml({
    privateKey: pair.key,
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: exclusive,
  });
  signer.addReference({
    xpath: '/*',
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', exclusive],
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
    inclusiveNamespacesPrefixList: prefixes,
  });
  signer.computeSignature(document, { location: { reference: '/*/*[1]', action: 'after' } });
  return signer.getSignedXml();
}

test('what xml-crypto signs is read as what was signed', () => {
  fc.assert(
    fc.property(documents, fc.subarray(['a', 'b', 'c']), (document, prefixes) => {
      const text = signed(document, prefixes);
      assert.deepEqual(contentOf(readSigned(readXml(text), 'ID', keys)), contentOf(readXml(document)));
    }),
    runs(150),
  );
});

test('what was changed after it was signed is read as before, or not at all', () => {
  const document =
    '<d:root xmlns:d="urn:d" xmlns:a="urn:a" ID="_1"><d:first/><a:x a:m="1">text &amp; more</a:x></d:root>';
  const before = contentOf(readXml(document));
  const text = signed(document, []);
  fc.assert(
    fc.property(
      fc.array(changeBy(...base64urlish, '<', '>', '&', '"', ':', '#', '!'), { minLength: 1, maxLength: 3 }),
      (changes) => {
        const other = readOrRefuse(changes.reduce(changed, text));
        if (!other) return;
        try {
          assert.deepEqual(contentOf(readSigned(other, 'ID', keys)), before);
        } catch (error) {
          if (!(error instanceof BadXmlSignature)) throw error;
        }
      },
    ),
    runs(2000),
  );
});

test('whatever is no XML is refused in words', () => {
  const pieces = textOfPieces(
    '<',
    '>',
    '/',
    '<a',
    '</a>',
    '<a>',
    'a:',
    'xmlns',
    '="',
    '"',
    '&',
    ';',
    '&lt;',
    '&#',
    'x41;',
    '<!--',
    '-->',
    '<!DOCTYPE',
    '<?xml',
    '?>',
    '<![CDATA[',
    ']]>',
    ' ',
    '\n',
  );
  fc.assert(
    fc.property(
      fc.oneof(anyText, pieces, documents),
      fc.constantFrom('refuse', 'skip'),
      (document, comments) => {
        try {
          const root = readXml(document, comments);
          assert.deepEqual(contentOf(readXml(canonicalXml(root))), contentOf(root));
        } catch (error) {
          if (!(error instanceof BadXml)) throw error;
        }
      },
    ),
    runs(1000),
  );
});
