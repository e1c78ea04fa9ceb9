import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, test } from 'node:test';
import { IntlMessageFormat } from 'intl-messageformat';
import { locales } from '../../server/model/user.ts';
import { chooseLocale } from '../../server/pages/locale.ts';
import { wordsInCode } from '../support/words-in-code.ts';

// Every language says everything, and nothing that nobody reads.

const root = join(import.meta.dirname, '../..');
const areas = readdirSync(join(root, 'locales', 'en')).sort();
/** Language -> area -> key -> message. */
const catalogs = new Map(
  locales.map((locale) => [locale, new Map(areas.map((area) => [area, readCatalog(locale, area)]))]),
);
const english = merged('en');
const sources = [...sourceFiles(join(root, 'server')), ...sourceFiles(join(root, 'console', 'src'))].map(
  (path) => ({ path: relative(root, path), text: readFileSync(path, 'utf8') }),
);

test('each language has the same catalogs, and there is no other language', () => {
  assert.deepEqual(readdirSync(join(root, 'locales')).sort(), [...locales].sort());
  for (const locale of locales)
    assert.deepEqual(readdirSync(join(root, 'locales', locale)).sort(), areas, locale);
});

test('no key is in two catalogs', () => {
  const keys = [...(catalogs.get('en')?.values() ?? [])].flatMap((catalog) => Object.keys(catalog));
  assert.deepEqual(
    keys.filter((key, index) => keys.indexOf(key) !== index),
    [],
  );
});

test('French punctuation never stands alone at the start of a line, nor « at the end of one', () => {
  const breaks = / [:;?!»](?=[\s)<]|$)|« /;
  assert.deepEqual(
    Object.entries(merged('fr')).filter(([, message]) => breaks.test(message)),
    [],
  );
});

for (const locale of locales) {
  describe(locale, () => {
    test('has every message of the others, in the same order, and none of its own', () => {
      for (const area of areas)
        assert.deepEqual(
          Object.keys(catalogs.get(locale)?.get(area) ?? {}),
          Object.keys(catalogs.get('en')?.get(area) ?? {}),
          area,
        );
    });

    test('has no empty message, and each takes the values and tags that English takes', () => {
      for (const [key, message] of Object.entries(merged(locale))) {
        assert.notEqual(message.trim(), '', key);
        const taken = placeholders(message, locale);
        const inEnglish = placeholders(english[key] ?? '', 'en');
        assert.deepEqual(
          [...taken.all].filter((name) => !inEnglish.all.has(name)),
          [],
          key,
        );
        assert.deepEqual(
          [...inEnglish.always].filter((name) => !taken.all.has(name)),
          [],
          key,
        );
      }
    });
  });
}

test('every message is used, and every message that is used exists', () => {
  const all = sources.map(({ text }) => text).join('\n');
  const literal = new Set(
    [...all.matchAll(/['"]([a-z_]+(?:\.[a-z0-9_]+)+)['"]/g)].map(([, key = '']) => key),
  );
  const patterns = [...all.matchAll(/\bt(?:\.rich)?\(`([^`]+)`/g)].map(
    ([, template = '']) =>
      new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\$\{[^}]*\}/g, '[a-z_]+')}$`),
  );
  const unused = Object.keys(english).filter(
    (key) => !literal.has(key) && !patterns.some((pattern) => pattern.test(key)),
  );
  assert.deepEqual(unused, []);

  const asked = [...all.matchAll(/\bt(?:\.rich)?\(\s*'([^']+)'/g)].map(([, key = '']) => key);
  assert.deepEqual(
    asked.filter((key) => !(key in english)),
    [],
  );
});

test('no screen and no page has words that are in no catalog', () => {
  const found = sources.flatMap(({ path, text }) =>
    wordsInCode(path, text).map((words) => `${path}: ${words}`),
  );
  assert.deepEqual(found, []);
});

test('words in code are found wherever people would see them', () => {
  const screen = `const x = <A label="one" id="two">three {b ? 'four' : t('f.g')}<C title={d ?? \`five \${e}\`} /></A>;`;
  assert.deepEqual(wordsInCode('screen.tsx', screen).sort(), ['five', 'four', 'one', 'three']);
  const page = 'html`<p title="$' + '{x}" class="fine">six</p>`';
  assert.deepEqual(wordsInCode('page.ts', page), ['six']);
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

function readCatalog(locale: string, area: string): Record<string, string> {
  const path = join(root, 'locales', locale, area);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
}

function merged(locale: (typeof locales)[number]): Record<string, string> {
  return Object.assign({}, ...(catalogs.get(locale)?.values() ?? []));
}

/** The values and tags of a message: all of them, and those that are there whatever a `select` chooses. */
function placeholders(message: string, locale: string): { all: Set<string>; always: Set<string> } {
  const all = new Set<string>();
  const always = new Set<string>();
  const visit = (elements: readonly unknown[], isAlways: boolean): void => {
    for (const element of elements as {
      type: number;
      value?: unknown;
      children?: unknown[];
      options?: Record<string, { value: unknown[] }>;
    }[]) {
      const isSelect = element.type === TYPE.select;
      if (element.type !== TYPE.literal && typeof element.value === 'string') {
        all.add(element.value);
        if (isAlways && !isSelect) always.add(element.value);
      }
      if (element.children) visit(element.children, isAlways);
      for (const option of Object.values(element.options ?? {})) visit(option.value, false);
    }
  };
  visit(new IntlMessageFormat(message, locale).getAst(), true);
  return { all, always };
}

/** Kinds of elements of a message, as its parser numbers them. */
const TYPE = { literal: 0, select: 5 };

function* sourceFiles(folder: string): Generator<string> {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile() && /\.tsx?$/.test(entry.name)) yield join(entry.parentPath, entry.name);
}
