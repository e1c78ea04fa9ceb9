import { type Locale, locales } from '../model/user.ts';
import { type Html, html } from './html.ts';
import { languageNames, type Translator } from './locale.ts';

/**
 * The same page in the other languages.
 * @param hrefOf where a page is in a language
 */
export function languageLinks(t: Translator, hrefOf: (locale: Locale) => string): Html {
  return html`<nav aria-label="${t('language.label')}"><ul class="languages">${locales.map((locale) =>
    locale === t.locale
      ? html`<li><span aria-current="true">${languageNames[locale]}</span></li>`
      : html`<li><a href="${hrefOf(locale)}" lang="${locale}" hreflang="${locale}">${languageNames[locale]}</a></li>`,
  )}</ul></nav>`;
}

/** A path of this origin, or a query alone, that asks for a language (OpenID Connect Core 3.1.2.1). */
export function inLanguage(path: string, locale: Locale): string {
  const [before = '', query = ''] = path.split(/\?(.*)/s, 2);
  const parameters = new URLSearchParams(query);
  parameters.set('ui_locales', locale);
  return `${before}?${parameters}`;
}
