import { html } from '../server/pages/html.ts';
import type { Screen } from './catalog.ts';

/** The list of all screens, as links. @param urlOf where each is */
export function indexPage(screens: readonly Screen[], urlOf: (screen: Screen) => string): string {
  const groups = ['Pages', 'Console'] as const;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Screens of Postern</title>
<style>
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.6 system-ui, sans-serif; }
ul { columns: 20rem; padding-left: 1.2rem; }
</style>
</head>
<body>
<h1>Screens</h1>
<p>Each link signs in as whoever sees the screen. The data is made up.</p>
${groups.map(
  (group) => html`<h2>${group}</h2>
<ul>${screens
    .filter((screen) => screen.group === group)
    .map((screen) => html`<li><a href="${urlOf(screen)}" target="_blank">${screen.title}</a></li>`)}</ul>`,
)}
</body>
</html>
`.toString();
}
