import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Locale, locales } from '../../server/model/user.ts';

// People meet one thing under one word, on the pages, in the console and in the audit log alike.

const folder = join(import.meta.dirname, '../../locales');

/** Every message of a language: its key, with the area before it, and its text without what only programs read. */
function messages(locale: Locale): { key: string; text: string }[] {
  return readdirSync(join(folder, locale)).flatMap((area) => {
    const catalog = JSON.parse(readFileSync(join(folder, locale, area), 'utf8')) as Record<string, string>;
    return Object.entries(catalog).map(([key, text]) => ({
      key,
      text: text.replaceAll(/<code>.*?<\/code>|\S+:\/\S+/g, ''),
    }));
  });
}

function findWord(locale: Locale, word: RegExp, isMeant: (key: string) => boolean = () => false): string[] {
  return messages(locale)
    .filter(({ key, text }) => word.test(text) && !isMeant(key))
    .map(({ key, text }) => `${key}: ${text}`);
}

test('what an application may do for somebody is ended; only tokens are revoked, by those who write clients and APIs', () => {
  const words: Record<Locale, RegExp> = {
    en: /revo[kc]|disconnect|terminat|withdraw/i,
    fr: /révo[qc]|résili/i,
    sv: /återkall|upphäv|koppla(r|s)? (från|ner)/i,
    'zh-Hans': /撤销|吊销|断开|取消授权/,
  };
  for (const locale of locales)
    assert.deepEqual(
      findWord(locale, words[locale], (key) => /^(connect|try|apis\.check)/.test(key)),
      [],
      locale,
    );
});

test('people sign in, wherever they do', () => {
  const words: Record<Locale, RegExp> = {
    en: /(?<!back-channel )\blog(ged|ging)?[ -]?(in|on|out)\b(?! tokens?\b)/i,
    fr: /\blogin\b|s’identifier|authentifiez-vous/i,
    sv: /\blogin\b|signera in/i,
    'zh-Hans': /登入|登陆|签入/,
  };
  // The value of the protocol stands in brackets behind the words for it; back-channel logout and its tokens are called so everywhere.
  const isValue = (key: string) => key === 'try.prompt_login';
  for (const locale of locales) assert.deepEqual(findWord(locale, words[locale], isValue), [], locale);
});

test('an application is called so, but where a label is the one that people know from Workfront', () => {
  const known = ['applications.create', 'field.application.client_uri'];
  const words: Record<Locale, RegExp> = {
    en: /\bapps?\b(?!:)/i,
    fr: /intégration d’application|\bapp(li)?s?\b/i,
    sv: /\bapp(en|ar|arna)?\b|appint|appbe|applikation/i,
    'zh-Hans': /应用程序集成|(?<!对)应用(?!程序)/,
  };
  for (const locale of locales)
    assert.deepEqual(
      findWord(locale, words[locale], (key) => known.includes(key)),
      [],
      locale,
    );
});

test('an account is written by one character in Chinese', () => {
  assert.deepEqual(findWord('zh-Hans', /帐/), []);
});
