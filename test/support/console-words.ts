import { readdirSync, readFileSync } from 'node:fs';
import { IntlMessageFormat } from 'intl-messageformat';

const locales = new URL('../../locales/', import.meta.url);

/** The console's words in a language, from the catalogs that it is built from: `words('settings.save')`. */
export type Words = (key: string, values?: Record<string, string | number>) => string;

/** @param locale `en`, `fr`, `sv` or `zh-Hans` */
export function consoleWords(locale: string): Words {
  const folder = new URL(`${locale}/`, locales);
  const messages: Record<string, string> = Object.assign(
    {},
    ...readdirSync(folder).map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))),
  );
  return (key, values = {}) => {
    const message = messages[key];
    if (message === undefined) throw new Error(`no message ${key} in ${locale}`);
    // Words in bold are text like the others to whoever looks for them.
    const text = new IntlMessageFormat(message, locale, undefined, { ignoreTag: true }).format(
      values,
    ) as string;
    return text.replace(/<\/?\w+>/g, '');
  };
}
