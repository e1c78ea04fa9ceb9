import type { Instance } from '../model/instance.ts';
import type { Locale } from '../model/user.ts';
import { type Html, html } from './html.ts';
import { inLanguage, languageLinks } from './languages.ts';
import { foreign, layout } from './layout.ts';
import { type Translator, translator } from './locale.ts';

/** What can go wrong before people's eyes; each has a title and a text in `/locales`. */
export const errorPageCodes = [
  'unknown_client',
  'disabled_client',
  'missing_client_id',
  'repeated_parameter',
  'unregistered_redirect_uri',
  'missing_redirect_uri',
  'pushed_request_over',
  'other_client',
  'nameless_sign_out',
  'unregistered_post_logout_redirect_uri',
  'form_expired',
  'question_expired',
  'not_found',
  'method_not_allowed',
  'wrong_origin',
  'unknown_host',
  'unavailable',
  'busy',
  'too_many_requests',
  'too_large',
  'bad_request',
  'setup_link_dead',
  'not_administrator',
  'console_missing',
  'internal',
] as const;
export type ErrorPageCode = (typeof errorPageCodes)[number];

/**
 * A page that names a problem in plain words.
 * @param page.instance null or absent where the host name is nobody's
 * @param page.query of the page that was asked for, to ask for it again; absent for a form that was sent
 * @param page.beginAgain path and query of what can be begun again
 * @param page.unregistered the application that has not registered a redirect URI, and that URI as it was sent
 * @param page.mayWantToSignOut whether people came here to sign out, which they can without whoever sent them
 * @param page.reference what to tell an administrator, who finds it in the log
 */
export function errorPage(page: {
  locale: Locale;
  status: number;
  code: ErrorPageCode;
  instance?: Pick<Instance, 'name'> | null | undefined;
  query?: string | undefined;
  beginAgain?: string | undefined;
  unregistered?: { readonly application: string; readonly redirectUri: string } | undefined;
  mayWantToSignOut?: boolean | undefined;
  reference?: string | undefined;
}): string {
  const { locale, status, code, instance = null, query, reference } = page;
  const t = translator(locale);
  const title = t(`error.${code}.title`);
  return layout({
    t,
    instance,
    title,
    main: html`<span class="problem-icon"><span class="icon warning"></span></span>
<h1>${title}</h1>
${explanation(t, page)}
${wayOut(t, page)}
<p class="fine details">${status} <code>${code}</code>${reference && html`<br>${t('error.reference')} <code>${reference}</code>`}</p>`,
    footer:
      query !== undefined &&
      query.length <= longestLinkedQuery &&
      languageLinks(t, (other) => inLanguage(`?${query}`, other)),
  });
}

function explanation(t: Translator, { code, unregistered }: Parameters<typeof errorPage>[0]): Html {
  const text = html`<p>${t(`error.${code}.text`)}</p>`;
  if (!unregistered) return text;
  const application = foreign(unregistered.application);
  const named = code === 'unregistered_post_logout_redirect_uri' ? code : 'unregistered_redirect_uri';
  return html`<p>${t.rich(`error.${named}.named`, { application })}</p>
<p class="address"><code>${foreign(legible(unregistered.redirectUri))}</code></p>
${text}`;
}

/** Characters of an address that are shown. */
const longestAddress = 500;

/** An address as it was sent, with whatever cannot be seen, or turns text around, encoded as in a URL; the end of a long one is left out. */
function legible(address: string): string {
  const shown = address.slice(0, longestAddress).toWellFormed();
  const encoded = shown.replaceAll(/[\p{C}\p{Z}]/gu, encodeURIComponent);
  return address.length > longestAddress ? `${encoded}…` : encoded;
}

/** Characters of a query that the links to other languages repeat. */
const longestLinkedQuery = 2000;

function wayOut(
  t: Translator,
  { status, instance, query, beginAgain, mayWantToSignOut }: Parameters<typeof errorPage>[0],
): Html | false {
  if (beginAgain !== undefined)
    return html`<a class="button primary" href="${beginAgain}">${t('error.begin_again')}</a>`;
  if (status >= 500)
    // No path: the page's own, however it was written.
    return query !== undefined && html`<a class="button primary" href="?${query}">${t('error.retry')}</a>`;
  if (mayWantToSignOut) return html`<a class="button" href="/oauth2/logout">${t('account.sign_out')}</a>`;
  return !!instance && html`<a class="button" href="/account">${t('error.home')}</a>`;
}
