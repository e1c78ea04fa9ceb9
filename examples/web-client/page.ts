import type { ServerResponse } from 'node:http';

const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
const button = (action: string, label: string) =>
  `<form method="post" action="${action}"><button type="submit">${label}</button></form>`;

/** The three things that this client has to say. */
export const html = {
  signIn: () =>
    '<p>Your projects, once you have signed in.</p><p><a href="/login">Sign in with Postern</a></p>',
  projects: (projects: { name: string }[]) =>
    `<h2>Your projects</h2><ul>${projects.map(({ name }) => `<li>${escaped(name)}</li>`).join('')}</ul>` +
    button('/refresh', 'Refresh the token') +
    button('/logout', 'Sign out'),
  failed: (message: string) =>
    `<p role="alert">That did not work. ${escaped(message)}</p><p><a href="/login">Sign in again</a></p>`,
};

/** Sends a page. */
export function page(response: ServerResponse, body: string, status = 200): void {
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    // Not no-referrer: with that, browsers hide the Origin of our own forms.
    'Referrer-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  });
  response.end(`<!doctype html><html lang="en"><title>Web client</title><h1>Web client</h1>${body}</html>`);
}
