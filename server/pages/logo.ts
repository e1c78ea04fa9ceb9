import type { Application } from '../registry/application.ts';
import { type Html, html } from './html.ts';

/** An application's logo, or the first letter of its name where it has none. Says nothing to a screen reader: the name is beside it. */
export function applicationLogo(
  application: Pick<Application, 'id' | 'name' | 'logoVersion'>,
  size: 40 | 64,
): Html {
  const { id, name, logoVersion } = application;
  if (logoVersion)
    return html`<img class="logo" src="/logos/${id}/${logoVersion}" alt="" width="${size}" height="${size}">`;
  const [letter = ''] = new Intl.Segmenter().segment(name.trim());
  return html`<span class="logo letter ${size === 40 ? 'small' : ''}" aria-hidden="true">${letter === '' ? '' : letter.segment.toUpperCase()}</span>`;
}
