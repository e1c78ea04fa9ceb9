/** Markup that is safe to put into a page as it is. Only the `html` template makes it. */
export class Html {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** Text that is markup already, such as a file of our own. Never for anything that came from outside. */
  static trusted(text: string): Html {
    return new Html(text);
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand in a template. Strings are escaped; null, undefined and false leave nothing. */
export type Renderable = Html | string | number | null | undefined | false | readonly Renderable[];

/**
 * A template of markup. Values are escaped for element content and for attributes in double quotes, which is where
 * templates may have them: never in an unquoted attribute, a tag name, a script or a style.
 */
export function html(strings: TemplateStringsArray, ...values: Renderable[]): Html {
  let text = strings[0] ?? '';
  for (const [index, value] of values.entries()) text += render(value) + (strings[index + 1] ?? '');
  return Html.trusted(text);
}

/** The markup of one value. */
export function render(value: Renderable): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return String(value);
  return value.map(render).join('');
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeText(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] as string);
}
