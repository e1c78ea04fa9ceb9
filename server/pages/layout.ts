import { type Instance, initialName } from '../model/instance.ts';
import { type Asset, mark, styleSheet } from './assets.ts';
import { type Html, html } from './html.ts';
import type { Translator } from './locale.ts';

/** The frame that every page shares: a narrow card for one question, or a wide column for several matters. */
export function layout(page: {
  t: Translator;
  /** Whose name stands at the top and in the browser's tab; null where the host name is nobody's. */
  instance: Pick<Instance, 'name'> | null;
  title: string;
  width?: 'card' | 'column';
  /** Beside the name of the instance, at the top. */
  aside?: Html;
  /** Runs when the page has been read; for whoever sends the page to allow. */
  script?: Asset;
  main: Html;
  footer?: Html | false;
}): string {
  const { t, instance, title, width = 'card', aside, script, main, footer } = page;
  const place = instance?.name ?? initialName;
  return html`<!doctype html>
<html lang="${t.locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · ${straight(place)}</title>
<link rel="icon" type="image/svg+xml" href="${mark.path}">
<link rel="stylesheet" href="${styleSheet.path}">${
    script &&
    html`
<script src="${script.path}" defer></script>`
  }
</head>
<body class="${width}">
<header class="top"><span class="brand"><img src="${mark.path}" alt="" width="28" height="28"><span>${foreign(place)}</span></span>${aside}</header>
<main>${main}</main>
${footer && html`<footer>${footer}</footer>`}
</body>
</html>
`.toString();
}

/**
 * Text that a stranger wrote: its direction does not spill over into ours, and it cannot turn itself around to read
 * as something else.
 */
export function foreign(text: string): Html {
  return html`<bdi>${straight(text)}</bdi>`;
}

/** The same where markup cannot stand, such as a title. */
export function straight(text: string): string {
  return text.replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, '');
}

/** Who is meant, by an address that is theirs alone, under a line that names them. */
export function addressLine(email: string): Html {
  return html`<br><span class="fine">${foreign(email)}</span>`;
}
