import { IntlMessageFormat } from 'intl-messageformat';
import en from '../../locales/en/pages.json' with { type: 'json' };
import fr from '../../locales/fr/pages.json' with { type: 'json' };
import sv from '../../locales/sv/pages.json' with { type: 'json' };
import zhHans from '../../locales/zh-Hans/pages.json' with { type: 'json' };
import type { Instant } from '../base/units.ts';
import { localeOfTags, tagsOfHeader } from '../model/language-tags.ts';
import type { Locale, User } from '../model/user.ts';
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
    localeOfTags((uiLocales ?? '').slice(0, 500).split(' ')) ??
    user?.locale ??
    localeOfTags(tagsOfHeader((acceptLanguage ?? '').slice(0, 500))) ??
    'en'
  );
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
