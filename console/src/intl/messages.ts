import type { FirstMessageKey, Messages } from './catalogs/en.ts';
import type { LaterMessageKey, LaterMessages } from './catalogs/en-later.ts';

/** Every message of the console. Those of a few screens come later than the rest: `later-words.tsx`. */
export type MessageKey = FirstMessageKey | LaterMessageKey;

/** The languages of the console, as `locale` of a user names them. */
export const locales = ['en', 'fr', 'sv', 'zh-Hans'] as const;
export type Locale = (typeof locales)[number];

/** Each language in its own words, for those who look for theirs. */
export const languageNames: Record<Locale, string> = {
  en: 'English',
  fr: 'Français',
  sv: 'Svenska',
  'zh-Hans': '简体中文',
};

/** The tag under which React Aria and Spectrum have their own words. */
export const componentLocales: Record<Locale, string> = {
  en: 'en-US',
  fr: 'fr-FR',
  sv: 'sv-SE',
  'zh-Hans': 'zh-CN',
};

const catalogs: Record<Locale, () => Promise<{ default: Messages }>> = {
  en: () => import('./catalogs/en.ts'),
  fr: () => import('./catalogs/fr.ts'),
  sv: () => import('./catalogs/sv.ts'),
  'zh-Hans': () => import('./catalogs/zh-Hans.ts'),
};

const laterCatalogs: Record<Locale, () => Promise<{ default: LaterMessages }>> = {
  en: () => import('./catalogs/en-later.ts'),
  fr: () => import('./catalogs/fr-later.ts'),
  sv: () => import('./catalogs/sv-later.ts'),
  'zh-Hans': () => import('./catalogs/zh-Hans-later.ts'),
};

/** The words of a language; each is its own part of the build. */
export async function loadMessages(locale: Locale): Promise<Messages> {
  return (await catalogs[locale]()).default;
}

const later = new Map<Locale, Promise<LaterMessages>>();

/** Those that only a few screens need, fetched once. */
export function laterMessagesOf(locale: Locale): Promise<LaterMessages> {
  const messages = later.get(locale) ?? laterCatalogs[locale]().then((catalog) => catalog.default);
  later.set(locale, messages);
  return messages;
}

/** Fetches those in another language where a screen may be showing them. */
export async function prepareLaterMessages(locale: Locale): Promise<void> {
  if (later.size > 0) await laterMessagesOf(locale);
}

/** The language of the page as the server sent it: the user's, or what the browser prefers. */
export function pageLocale(): Locale {
  const lang = document.documentElement.lang;
  return locales.find((locale) => locale === lang) ?? 'en';
}
