import { type Locale, locales } from './user.ts';

/** So many languages of a list are looked at. */
const mostTags = 20;

/** Our languages, each with the script that goes without saying. */
const written = locales.map((locale) => ({ locale, as: new Intl.Locale(locale).maximize() }));

/**
 * The first of these tags that a language of ours serves. The script has to be the same: who reads traditional Chinese is better
 * served by the next language of the list than by simplified characters.
 */
export function localeOfTags(tags: readonly string[]): Locale | undefined {
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
export function tagsOfHeader(header: string): string[] {
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
