/** The pages: HTML files in which texts take the place of {{names}}. */
import { readFileSync } from 'node:fs';

export const read = (file) => readFileSync(new URL(file, import.meta.url), 'utf8');
const safe = (text = '') => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
const fill = (file, texts) => read(file).replace(/{{(\w+)}}/g, (_, name) => safe(texts[name]));

export const signInForm = (texts = {}) => fill('sign-in.html', texts);
export const problem = (text) => fill('problem.html', { text });
export const home = (user, connected) => {
  const item = ({ id, application: { name }, scopes }) =>
    fill('application.html', { id, name, scopes: scopes.join(', ') });
  return fill('home.html', user).replace('<!-- applications -->', () => connected.map(item).join(''));
};
