import { type Locale, locales, type User } from '../accounts/user.ts';
import type { Instance } from '../registry/instance.ts';
import type { Instant } from '../units.ts';
import { field } from './field.ts';
import { type Html, html } from './html.ts';
import { addressLine, foreign, layout } from './layout.ts';
import { languageNames, type Translator, translator } from './locale.ts';

/** Why the form is shown again. */
export type LoginProblem = { kind: 'refused' } | { kind: 'locked'; until: Instant; retryAfter: number };

/** The sign-in form. */
export function loginPage(page: {
  locale: Locale;
  instance: Instance;
  /** Where to go afterwards: a path of this origin. */
  returnTo: string;
  email: string | undefined;
  /** What the link said of the language, kept for the next try. */
  uiLocales: string | undefined;
  /** The name of the application whose request brought them here. */
  applicationName: string | undefined;
  /** Who is signed in already in this browser. */
  user: User | null;
  problem?: LoginProblem;
}): string {
  const { locale, instance, returnTo, email, uiLocales, applicationName, user, problem } = page;
  const t = translator(locale);
  return layout({
    t,
    instance,
    title: t('login.title'),
    main: html`<h1>${t('login.title')}</h1>
${applicationName && html`<p class="lead">${t.rich('login.for_application', { application: foreign(applicationName) })}</p>`}
${user && signedIn(t, user, returnTo)}
${problem && html`<p class="alert" role="alert" id="problem">${problemText(t, problem)}</p>`}
<form method="post" action="/login">
<input type="hidden" name="return_to" value="${returnTo}">
${uiLocales && html`<input type="hidden" name="ui_locales" value="${uiLocales}">`}
${field({ name: 'email', label: t('field.email'), type: 'email', value: email, autocomplete: 'username', maxLength: 254, autofocus: !email })}
${field({ name: 'password', label: t('field.password'), type: 'password', autocomplete: 'current-password', autofocus: !!email })}
<button class="primary wide">${t('login.submit')}</button>
</form>
<p class="fine">${t('login.help')}</p>`,
    footer: languages(t, returnTo),
  });
}

function signedIn(t: Translator, user: User, returnTo: string): Html {
  return html`<div class="who">
<p>${t.rich('login.signed_in', { name: foreign(user.name) })}${addressLine(user.email)}</p>
<p><a class="button wide" href="${returnTo}">${t('login.continue')}</a></p>
</div>
<p class="lead">${t('login.other_account')}</p>`;
}

function problemText(t: Translator, problem: LoginProblem): Html | string {
  if (problem.kind === 'refused') return t('login.refused');
  return t.rich('login.locked', { minutes: Math.ceil(problem.retryAfter / 60), time: t.time(problem.until) });
}

function languages(t: Translator, returnTo: string): Html {
  const link = (locale: Locale) =>
    `/login?${new URLSearchParams({ return_to: returnTo, ui_locales: locale })}`;
  return html`<nav aria-label="${t('language.label')}"><ul class="languages">${locales.map((locale) =>
    locale === t.locale
      ? html`<li><span aria-current="true">${languageNames[locale]}</span></li>`
      : html`<li><a href="${link(locale)}" lang="${locale}" hreflang="${locale}">${languageNames[locale]}</a></li>`,
  )}</ul></nav>`;
}
