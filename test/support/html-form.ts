/** A form of a page that the server wrote, as far as submitting it needs. */
export interface HtmlForm {
  /** As written in the page; empty for the page itself. */
  readonly action: string;
  readonly method: 'get' | 'post';
  /** Named fields with the values that they would be sent with if nobody touched them. */
  readonly fields: ReadonlyMap<string, string>;
  /** Named submit buttons: name and value. */
  readonly buttons: readonly { name: string; value: string }[];
}

/** The forms of a page. Reads the server's own HTML, not any HTML. */
export function parseForms(html: string): HtmlForm[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map(
    ([, attributes = '', content = '']) => {
      const form = parseAttributes(attributes);
      const fields = new Map<string, string>();
      const buttons: { name: string; value: string }[] = [];
      for (const [, tag = '', rest = ''] of content.matchAll(/<(input|button|select|textarea)\b([^>]*)>/gi)) {
        const { name, value = '', type = '', ...others } = parseAttributes(rest);
        if (name === undefined) continue;
        if (tag.toLowerCase() === 'button' || type === 'submit') buttons.push({ name, value });
        else if ((type !== 'checkbox' && type !== 'radio') || 'checked' in others) fields.set(name, value);
      }
      for (const [, attributes = '', options = ''] of content.matchAll(
        /<select\b([^>]*)>([\s\S]*?)<\/select>/gi,
      )) {
        const { name } = parseAttributes(attributes);
        const all = [...options.matchAll(/<option\b([^>]*)>/gi)].map(([, option = '']) =>
          parseAttributes(option),
        );
        const chosen = all.find((option) => 'selected' in option) ?? all[0];
        if (name !== undefined) fields.set(name, chosen?.['value'] ?? '');
      }
      return {
        action: form['action'] ?? '',
        method: form['method']?.toLowerCase() === 'post' ? 'post' : 'get',
        fields,
        buttons,
      };
    },
  );
}

/** The text of a page without its tags, for tests of what people read. */
export function textOf(html: string): string {
  const body = html.replace(/<(style|script|head)\b[\s\S]*?<\/\1>/gi, ' ');
  return unescapeHtml(body.replace(/<[^>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();
}

function parseAttributes(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name = '', double, single, bare] of text.matchAll(
    /([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g,
  ))
    attributes[name.toLowerCase()] = unescapeHtml(double ?? single ?? bare ?? '');
  return attributes;
}

const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

function unescapeHtml(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
      if (decimal) return String.fromCodePoint(Number(decimal));
      return named[name ?? ''] ?? whole;
    },
  );
}
