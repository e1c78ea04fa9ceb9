import type { Instance } from '../model/instance.ts';
import type { Locale } from '../model/user.ts';
import { formPostScript } from './assets.ts';
import { html } from './html.ts';
import { foreign, layout } from './layout.ts';
import { translator } from './locale.ts';

/** The page that takes an answer back to the application by a form: by itself, or by its button where scripts do not run. */
export function formPostPage(page: {
  locale: Locale;
  instance: Instance;
  redirectUri: string;
  /** What the form holds; the undefined ones are left out. */
  parameters: Readonly<Record<string, string | undefined>>;
}): string {
  const { locale, instance, redirectUri, parameters } = page;
  const t = translator(locale);
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return layout({
    t,
    instance,
    title: t('form_post.title'),
    script: formPostScript,
    main: html`<h1>${t('form_post.title')}</h1>
<p>${t.rich('form_post.text', { host: html`<b>${foreign(new URL(redirectUri).host)}</b>` })}</p>
<form method="post" action="${redirectUri}">
${given.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button class="primary wide">${t('form_post.submit')}</button>
</form>`,
  });
}
