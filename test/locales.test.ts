import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { IntlMessageFormat } from 'intl-messageformat';
import { locales } from '../server/accounts/user.ts';
import { chooseLocale } from '../server/pages/locale.ts';

// Every language says everything, and nothing that nobody reads.

const root = join(import.meta.dirname, '..');
const catalogs = new Map(
  locales.map((locale) => [
    locale,
    JSON.parse(readFileSync(join(root, 'locales', `${locale}.json`), 'utf8')) as Record<string, string>,
  ]),
);
const english = catalogs.get('en') ?? {};

test('there is one catalog for each language, and no other', () => {
  assert.deepEqual(
    readdirSync(join(root, 'locales')).sort(),
    locales.map((locale) => `${locale}.json`).sort(),
  );
});

for (const locale of locales) {
  describe(locale, () => {
    const catalog = catalogs.get(locale) ?? {};

    test('has every message of the others, in the same order, and none of its own', () => {
      assert.deepEqual(Object.keys(catalog), Object.keys(english));
    });

    test('has no empty message, and each takes the same values and tags as in English', () => {
      for (const [key, message] of Object.entries(catalog)) {
        assert.notEqual(message.trim(), '', key);
        assert.deepEqual(placeholders(message, locale), placeholders(english[key] ?? '', 'en'), key);
      }
    });
  });
}

test('every message is used, and every message that is used exists', () => {
  const source = [...sourceFiles(join(root, 'server')), ...sourceFiles(join(root, 'console', 'src'))]
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const literal = new Set([...source.matchAll(/'([a-z]+(?:\.[a-z_]+)+)'/g)].map(([, key = '']) => key));
  const patterns = [...source.matchAll(/\bt(?:\.rich)?\(`([^`]+)`/g)].map(
    ([, template = '']) =>
      new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\$\{[^}]*\}/g, '[a-z_]+')}$`),
  );
  const unused = Object.keys(english).filter(
    (key) => !literal.has(key) && !patterns.some((pattern) => pattern.test(key)),
  );
  assert.deepEqual(unused, []);

  const asked = [...source.matchAll(/\bt(?:\.rich)?\(\s*'([^']+)'/g)].map(([, key = '']) => key);
  assert.deepEqual(
    asked.filter((key) => !(key in english)),
    [],
  );
});

test('the link decides the language before the user’s setting, and that before the browser', () => {
  const user = { locale: 'sv' } as const;
  assert.equal(chooseLocale({ uiLocales: 'de fr-CA', user, acceptLanguage: 'en' }), 'fr');
  assert.equal(chooseLocale({ uiLocales: 'de', user, acceptLanguage: 'en' }), 'sv');
  assert.equal(chooseLocale({ user: { locale: null }, acceptLanguage: 'de, fr;q=0.5, sv;q=0.7' }), 'sv');
  assert.equal(chooseLocale({ acceptLanguage: 'de' }), 'en');
  assert.equal(chooseLocale({}), 'en');
});

test('languages are recognised by every name that browsers give them', () => {
  for (const tag of ['zh', 'zh-CN', 'zh-Hans', 'ZH-hans-cn', 'zh-SG'])
    assert.equal(chooseLocale({ uiLocales: tag }), 'zh-Hans');
  assert.equal(chooseLocale({ acceptLanguage: 'fr, en' }), 'fr');
  assert.equal(chooseLocale({ acceptLanguage: 'fr;q=0, sv' }), 'sv');
  assert.equal(chooseLocale({ acceptLanguage: 'fr;q=0' }), 'en');
  assert.equal(chooseLocale({ acceptLanguage: '*' }), 'en');
  assert.equal(chooseLocale({ acceptLanguage: ';;;q=,,\u0000' }), 'en');
  assert.equal(chooseLocale({ uiLocales: 'x'.repeat(100_000), acceptLanguage: ','.repeat(100_000) }), 'en');
});

function placeholders(message: string, locale: string): string[] {
  const names = new Set<string>();
  const visit = (elements: readonly unknown[]): void => {
    for (const element of elements as {
      type: number;
      value?: unknown;
      children?: unknown[];
      options?: Record<string, { value: unknown[] }>;
    }[]) {
      if (element.type !== 0 && typeof element.value === 'string') names.add(element.value);
      if (element.children) visit(element.children);
      for (const option of Object.values(element.options ?? {})) visit(option.value);
    }
  };
  visit(new IntlMessageFormat(message, locale).getAst());
  return [...names].sort();
}

function* sourceFiles(folder: string): Generator<string> {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile() && /\.tsx?$/.test(entry.name)) yield join(entry.parentPath, entry.name);
}
