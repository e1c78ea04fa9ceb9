import { IntlMessageFormat } from 'intl-messageformat';
import en from '../../locales/en/pages.json' with { type: 'json' };
import fr from '../../locales/fr/pages.json' with { type: 'json' };
import sv from '../../locales/sv/pages.json' with { type: 'json' };
import zhHans from '../../locales/zh-Hans/pages.json' with { type: 'json' };
import type { Instant } from '../base/units.ts';
import { type Locale, locales, type User } from '../model/user.ts';
import { Html, html, render } from './html.ts';

export type MessageKey = keyof typeof en;

/** Each language is complete: the compiler sees a message that is missing. */
const messages: Record<Locale, Record<MessageKey, string>> = { en, fr, sv, 'zh-Hans': zhHans };

/** Each language in its own words, for those who look for theirs. */
export const languageNames: Record<Locale, string> = {
  en: 'English',
  fr: 'Français',
  sv: 'Svenska',
  'zh-Hans': '简体中文',
};

/**
 * The language of a page: what the link asks for, then what the user chose, then what the browser prefers.
 * @param asked.uiLocales language tags, separated by spaces (OpenID Connect Core 3.1.2.1)
 * @param asked.acceptLanguage the header as it came (RFC 9110 12.5.4)
 */
export function chooseLocale(asked: {
  uiLocales?: string | undefined;
  user?: Pick<User, 'locale'> | null | undefined;
  acceptLanguage?: string | undefined;
}): Locale {
  const { uiLocales, user, acceptLanguage } = asked;
  return (
    firstKnown((uiLocales ?? '').slice(0, 500).split(' ')) ??
    user?.locale ??
    firstKnown(preferred((acceptLanguage ?? '').slice(0, 500))) ??
    'en'
  );
}

/** So many languages of a list are looked at. */
const mostTags = 20;

/** Our languages, each with the script that goes without saying. */
const written = locales.map((locale) => ({ locale, as: new Intl.Locale(locale).maximize() }));

/**
 * The first of these tags that a language of ours serves. The script has to be the same: who reads traditional Chinese is better
 * served by the next language of the list than by simplified characters.
 */
function firstKnown(tags: readonly string[]): Locale | undefined {
  const named = new Set<string>();
  for (const tag of tags.slice(0, mostTags)) {
    const wanted = readTag(tag);
    if (!wanted) continue;
    const { language, script, region } = wanted;
    // Browsers follow `zh-TW` by `zh`, which says no more than the tag before it.
    if (named.has(language) && script === undefined && region === undefined) continue;
    named.add(language);
    const sameLanguage = written.filter(({ as }) => as.language === language);
    const found = sameLanguage.find(({ as }) => as.script === (script ?? wanted.maximize().script));
    if (found) return found.locale;
  }
  return undefined;
}

/** A tag of BCP 47, also as operating systems write it (`fr_FR`); undefined for what is none. */
function readTag(tag: string): Intl.Locale | undefined {
  try {
    return new Intl.Locale(tag.trim().replaceAll('_', '-'));
  } catch {
    return undefined;
  }
}

/** The ranges of an Accept-Language header, the most wanted first, without those that are refused (`q=0`). */
function preferred(header: string): string[] {
  return header
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((text) => text.trim());
      const q = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2);
      return { tag, quality: q === undefined ? 1 : Number(q) || 0 };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag);
}

type PlainValues = Record<string, string | number>;
type RichValues = Record<string, string | number | Html>;

/** Words and dates in one language. */
export interface Translator {
  readonly locale: Locale;
  /** A message as text. */
  (key: MessageKey, values?: PlainValues): string;
  /** A message as markup: the message itself and plain values are escaped; `<b>` and `<link>` may stand in it. */
  rich(key: MessageKey, values: RichValues, href?: string): Html;
  /** A day and a time of day, in UTC and saying so. */
  time(instant: Instant): Html;
  /** A day. */
  day(instant: Instant): Html;
}

const translators = new Map<Locale, Translator>();

/** The words of a language. */
export function translator(locale: Locale): Translator {
  let found = translators.get(locale);
  if (!found) {
    found = makeTranslator(locale);
    translators.set(locale, found);
  }
  return found;
}

function makeTranslator(locale: Locale): Translator {
  const formats = new Map<MessageKey, IntlMessageFormat>();
  const format = (key: MessageKey) => {
    let found = formats.get(key);
    if (!found) {
      found = new IntlMessageFormat(messages[locale][key], locale);
      formats.set(key, found);
    }
    return found;
  };
  const timeFormat = new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone: 'UTC',
    timeZoneName: 'short',
  });
  const dayFormat = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
  const timeElement = (instant: Instant, text: string) =>
    html`<time datetime="${new Date(instant).toISOString()}">${text}</time>`;

  return Object.assign((key: MessageKey, values?: PlainValues) => String(format(key).format(values)), {
    locale,
    rich: (key: MessageKey, values: RichValues, href?: string) => {
      const parts = format(key).format<Html>({
        ...values,
        b: (chunks) => html`<b>${chunks}</b>`,
        link: (chunks) => html`<a href="${href}">${chunks}</a>`,
      });
      return Html.trusted(render(parts));
    },
    time: (instant: Instant) => timeElement(instant, timeFormat.format(instant)),
    day: (instant: Instant) => timeElement(instant, dayFormat.format(instant)),
  });
}
