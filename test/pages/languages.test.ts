import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseLocale } from '../../server/pages/locale.ts';

// Which of our languages a list of tags asks for: ui_locales of a link, Accept-Language of a browser.

test('French is understood by every name that links and browsers have for it', () => {
  for (const tag of ['fr_FR', 'FR_ca', 'fr-FR', 'fr-Latn-CH', 'fr-u-nu-latn'])
    assert.equal(chooseLocale({ uiLocales: `de ${tag} sv` }), 'fr', tag);
});

test('who reads traditional Chinese is not given simplified characters unless they ask for them', () => {
  for (const tag of [
    'zh-TW',
    'zh-HK',
    'zh-MO',
    'zh-Hant',
    'ZH-hant-tw',
    'zh_TW',
    'zh-Hant-CN',
    'cmn-Hant',
    'yue',
  ]) {
    assert.equal(chooseLocale({ uiLocales: tag }), 'en', tag);
    assert.equal(chooseLocale({ uiLocales: tag, user: { locale: 'sv' } }), 'sv', tag);
    assert.equal(chooseLocale({ acceptLanguage: `${tag}, fr;q=0.5` }), 'fr', tag);
    assert.equal(chooseLocale({ user: { locale: 'zh-Hans' }, acceptLanguage: tag }), 'zh-Hans', tag);
  }
  // As Chrome, Firefox and Safari ask in Taipei and Hong Kong: the second is only the first, cut short.
  assert.equal(chooseLocale({ acceptLanguage: 'zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7' }), 'en');
  assert.equal(chooseLocale({ acceptLanguage: 'zh-HK,zh;q=0.9,sv;q=0.8' }), 'sv');
  assert.equal(chooseLocale({ acceptLanguage: 'zh-TW,zh-CN;q=0.9,en;q=0.8' }), 'zh-Hans', 'they asked');
  assert.equal(chooseLocale({ acceptLanguage: 'zh,zh-TW;q=0.9' }), 'zh-Hans');
});

test('a tag that names no language chooses none', () => {
  for (const tag of ['und', 'und-FR', '*', 'x-fr', 'i-klingon', 'fr-FR.UTF-8', '-', 'fr--FR', '\u0000'])
    assert.equal(chooseLocale({ uiLocales: tag, user: { locale: 'sv' } }), 'sv', tag);
});
