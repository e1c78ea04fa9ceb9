import type { IdentityProvider } from '../model/identity-provider.ts';
import type { Instance } from '../model/instance.ts';
import type { Locale } from '../model/user.ts';
import { formPostScript } from './assets.ts';
import { html } from './html.ts';
import { foreign, layout } from './layout.ts';
import { translator } from './locale.ts';

/**
 * The page between an answer that an identity provider had posted and its check: a browser sends our cookies along with a form of ours, and not
 * with another site's. It goes on by itself, or by its button where scripts do not run.
 */
export function arrivingPage(page: {
  locale: Locale;
  instance: Instance;
  provider: Pick<IdentityProvider, 'name'>;
  /** Where the form goes: the path that it came to. */
  action: string;
  fields: Iterable<readonly [string, string]>;
}): string {
  const { locale, instance, provider, action, fields } = page;
  const t = translator(locale);
  return layout({
    t,
    instance,
    title: t('again.title'),
    script: formPostScript,
    main: html`<h1>${t('again.title')}</h1>
<p>${t.rich('again.text', { provider: html`<b>${foreign(provider.name)}</b>` })}</p>
<form method="post" action="${action}">
${[...fields].map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button class="primary wide">${t('again.submit')}</button>
</form>`,
  });
}
