import { type Html, html } from './html.ts';

/**
 * One labelled field of a form, with its hint and its error tied to it for those who do not see them. It sends what was
 * typed: how long that may be is the server's to say, since browsers count UTF-16 units and cut what is pasted.
 */
export function field(f: {
  name: string;
  label: string;
  type?: 'text' | 'email' | 'password';
  value?: string | undefined;
  autocomplete: string;
  hint?: string;
  error?: string | undefined;
  /** The ID of a text of the page that concerns this field. */
  describedBy?: string | undefined;
  /** Whether that text says that something is wrong with it. */
  invalid?: boolean;
  minLength?: number;
  autofocus?: boolean;
}): Html {
  const described = [f.hint && `${f.name}-hint`, f.error && `${f.name}-error`, f.describedBy]
    .filter(Boolean)
    .join(' ');
  return html`<div class="field">
<label for="${f.name}">${f.label}</label>
${f.hint && html`<p class="hint" id="${f.name}-hint">${f.hint}</p>`}
<input id="${f.name}" name="${f.name}" ${typeOf(f.type)} required autocomplete="${f.autocomplete}"${attribute('value', f.value)}${attribute('minlength', f.minLength)}${described !== '' && attribute('aria-describedby', described)}${(f.error || f.invalid) && html` aria-invalid="true"`}${f.autofocus && html` autofocus`}>
${f.error && html`<p class="error" id="${f.name}-error">${f.error}</p>`}
</div>`;
}

/** Says that a page of ours sends this form, so that a browser which refuses cookies is told so after it. */
export const checkCookies = html`<input type="hidden" name="check_cookies" value="1">`;

/** No `type="email"`: browsers refuse letters that are not ASCII before the @, and send others after it in punycode. */
function typeOf(type: 'text' | 'email' | 'password' = 'text'): Html {
  if (type === 'email') return html`type="text" inputmode="email" autocapitalize="none" spellcheck="false"`;
  return html`type="${type}"`;
}

function attribute(
  name: 'value' | 'minlength' | 'aria-describedby',
  value: string | number | undefined,
): Html | false {
  if (value === undefined) return false;
  return html` ${name}="${value}"`;
}
