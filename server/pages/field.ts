import { type Html, html } from './html.ts';

/** One labelled field of a form, with its hint and its error tied to it for those who do not see them. */
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
  maxLength?: number;
  autofocus?: boolean;
}): Html {
  const described = [f.hint && `${f.name}-hint`, f.error && `${f.name}-error`, f.describedBy]
    .filter(Boolean)
    .join(' ');
  return html`<div class="field">
<label for="${f.name}">${f.label}</label>
${f.hint && html`<p class="hint" id="${f.name}-hint">${f.hint}</p>`}
<input id="${f.name}" name="${f.name}" type="${f.type ?? 'text'}" required autocomplete="${f.autocomplete}"${attribute('value', f.value)}${attribute('minlength', f.minLength)}${attribute('maxlength', f.maxLength)}${f.type === 'email' && html` autocapitalize="none" spellcheck="false"`}${described !== '' && attribute('aria-describedby', described)}${(f.error || f.invalid) && html` aria-invalid="true"`}${f.autofocus && html` autofocus`}>
${f.error && html`<p class="error" id="${f.name}-error">${f.error}</p>`}
</div>`;
}

function attribute(
  name: 'value' | 'minlength' | 'maxlength' | 'aria-describedby',
  value: string | number | undefined,
): Html | false {
  if (value === undefined) return false;
  return html` ${name}="${value}"`;
}
