import { maxUrlLength } from '../base/text.ts';

/** Whether a text may name an API: an absolute URI without fragment (RFC 8707 2, RFC 3986 4.3), in printable ASCII. */
export function apiIdentifierForm(text: string): boolean {
  return (
    text.length <= maxUrlLength &&
    /^[A-Za-z][A-Za-z0-9+.-]*:[\x21\x22\x24-\x7e]+$/.test(text) &&
    !/["<>\\^`{|}]/.test(text) &&
    URL.canParse(text)
  );
}
