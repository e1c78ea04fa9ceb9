import type { Application } from '../model/application.ts';
import { type Html, html } from './html.ts';

/** An application's logo, or the first letter of its name where it has none. Says nothing to a screen reader: the name is beside it. */
export function applicationLogo(
  application: Pick<Application, 'id' | 'name' | 'logoVersion'>,
  size: 40 | 56,
): Html {
  const { id, name, logoVersion } = application;
  const small = size === 40 && 'small';
  if (logoVersion)
    return html`<img class="logo ${small}" src="/logos/${id}/${logoVersion}" alt="" width="${size}" height="${size}">`;
  // The end of an ID is random, so that applications made one after the other differ.
  const colour = Number.parseInt(id.slice(-4), 16) % tileColours;
  return html`<span class="monogram tile-${colour} ${small}" aria-hidden="true">${firstLetter(name)}</span>`;
}

/** As many as the style sheet has. */
const tileColours = 6;

/** The initials of a person, in a circle. Says nothing to a screen reader: the name is beside it. */
export function avatar(name: string, size: 40 | 56): Html {
  return html`<span class="monogram avatar ${size === 40 && 'small'}" aria-hidden="true">${initials(name)}</span>`;
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = firstLetter(words[0] ?? '');
  // Two Chinese characters would be half of a name, or all of it.
  if (words.length === 1 || /\p{Script=Han}/u.test(first)) return first;
  return first + firstLetter(words.at(-1) ?? '');
}

function firstLetter(text: string): string {
  const [letter] = new Intl.Segmenter().segment(text.trim());
  return letter?.segment.toUpperCase() ?? '';
}
