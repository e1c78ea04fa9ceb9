import type { Instant } from '../base/units.ts';
import type { Application } from '../model/application.ts';
import type { Instance } from '../model/instance.ts';
import type { Locale, User } from '../model/user.ts';
import type { SignInReason } from '../oauth/authorize/steps.ts';
import { checkCookies, field } from './field.ts';
import { type Html, html } from './html.ts';
import { inLanguage, languageLinks } from './languages.ts';
import { addressLine, foreign, layout } from './layout.ts';
import { type Translator, translator } from './locale.ts';
import { applicationLogo, avatar } from './logo.ts';

/** Why the form is shown again. */
export type SignInProblem =
  | { kind: 'refused' }
  | { kind: 'locked'; until: Instant; retryAfter: number }
  /** The address leads to no identity provider, and there are no passwords. */
  | { kind: 'no_provider' };

/** By what somebody can sign in, as the page offers it. */
export interface WaysIn {
  /** `email`: the address alone, by which the way is found. */
  readonly form: 'password' | 'email' | 'none';
  /** The identity providers, and where the way to each begins: path and query. */
  readonly providers: readonly { readonly name: string; readonly href: string }[];
  /** Where those are led who would rather use a password; `administrators`: for whom alone there is one. */
  readonly password: { readonly href: string; readonly of: 'everybody' | 'administrators' } | undefined;
  /** Whether some sign in by nothing but a provider. */
  readonly isRestricted: boolean;
}

const reasons = {
  nobody: 'sign_in.because_asked',
  other_user: 'sign_in.because_other_user',
  prompt: 'sign_in.because_asked',
  max_age: 'sign_in.because_asked',
  recent_password: 'sign_in.because_recent_password',
} as const satisfies Record<SignInReason, string>;

/** The sign-in form. */
export function signInPage(page: {
  locale: Locale;
  instance: Instance;
  /** Where to go afterwards: a path of this origin. */
  returnTo: string;
  email: string | undefined;
  /** What the link said of the language, kept for the next try. */
  uiLocales: string | undefined;
  /** The one whose authorization request waits at `returnTo`. */
  application: Pick<Application, 'id' | 'name' | 'logoVersion'> | undefined;
  /** Who is signed in already in this browser. */
  user: User | null;
  /** Why somebody who is signed in has to sign in again. */
  because?: SignInReason;
  problem?: SignInProblem;
  ways: WaysIn;
}): string {
  const { locale, instance, returnTo, application, user, because, problem, ways } = page;
  const t = translator(locale);
  const refused = problem?.kind === 'refused' && ways.isRestricted;
  return layout({
    t,
    instance,
    title: t('sign_in.title'),
    main: html`${heading(t, instance, application)}
${user && signedIn(t, user, returnTo)}
${because && html`<p>${t(reasons[because])}</p>`}
${problem && html`<p class="alert" role="alert" id="problem"><span>${refused ? t('sign_in.refused_here') : signInProblemText(t, problem)}</span></p>`}
${form(t, page)}
${ways.form !== 'none' && ways.providers.length > 0 && html`<p class="or"><span>${t('sign_in.or')}</span></p>`}
${providerLinks(t, ways)}
${ways.form === 'none' && ways.providers.length === 0 && html`<p>${t('sign_in.nobody')}</p>`}
${ways.password && html`<p class="fine"><a href="${ways.password.href}">${t(ways.password.of === 'everybody' ? 'sign_in.use_password' : 'sign_in.administrators_use_password')}</a></p>`}
${ways.form === 'password' && html`<p class="fine">${t('sign_in.help')}</p>`}`,
    footer: languageLinks(t, (other) => {
      // The pages of the authorization request that waits come in the same language.
      const next = application ? inLanguage(returnTo, other) : returnTo;
      return `/login?${new URLSearchParams({ return_to: next, ui_locales: other })}`;
    }),
  });
}

function form(t: Translator, page: Parameters<typeof signInPage>[0]): Html | false {
  const { returnTo, email, uiLocales, user, problem, ways } = page;
  if (ways.form === 'none') return false;
  const told = { describedBy: problem && 'problem', invalid: problem?.kind === 'refused' };
  const mayFocus = !user;
  const asksPassword = ways.form === 'password';
  return html`<form method="post" action="/login">
<input type="hidden" name="return_to" value="${returnTo}">
${checkCookies}
${uiLocales && html`<input type="hidden" name="ui_locales" value="${uiLocales}">`}
${field({ name: 'email', label: t('field.email'), type: 'email', value: email, autocomplete: 'username', ...told, autofocus: (!email || !asksPassword) && mayFocus })}
${asksPassword && field({ name: 'password', label: t('field.password'), type: 'password', autocomplete: 'current-password', ...told, autofocus: !!email && mayFocus })}
<button class="primary wide">${t(asksPassword ? 'sign_in.submit' : 'sign_in.next')}</button>
</form>`;
}

function providerLinks(t: Translator, { providers, form }: WaysIn): Html | false {
  if (providers.length === 0) return false;
  const kind = form === 'none' && providers.length === 1 ? 'button primary wide' : 'button wide';
  return html`<ul class="providers">${providers.map(
    ({ name, href }) =>
      html`<li><a class="${kind}" href="${href}"><span>${t.rich('sign_in.continue_with', { provider: foreign(name) })}</span></a></li>`,
  )}</ul>`;
}

/** The page after a right password in a browser that has not kept the session's cookie. */
export function noCookiesPage(page: {
  locale: Locale;
  instance: Instance;
  /** Where they wanted to go: a path of this origin. */
  returnTo: string;
}): string {
  const { locale, instance, returnTo } = page;
  const t = translator(locale);
  const inEach = (other: Locale) => `${new URLSearchParams({ return_to: returnTo, ui_locales: other })}`;
  return layout({
    t,
    instance,
    title: t('sign_in.no_cookies_title'),
    main: html`<span class="problem-icon"><span class="icon warning"></span></span>
<h1>${t('sign_in.no_cookies_title')}</h1>
<p>${t.rich('sign_in.no_cookies', { host: html`<b>${new URL(instance.url).host}</b>` })}</p>
<a class="button primary" href="/login?${inEach(locale)}">${t('sign_in.again')}</a>`,
    footer: languageLinks(t, (other) => `/login?${inEach(other)}&signed_in=1`),
  });
}

function heading(
  t: Translator,
  instance: Instance,
  application: Parameters<typeof signInPage>[0]['application'],
): Html {
  const title = html`<h1>${t.rich('sign_in.heading', { instance: foreign(instance.name) })}</h1>`;
  if (!application) return title;
  return html`<div class="application">${applicationLogo(application, 56)}<div>
${title}
<p class="lead">${t.rich('sign_in.for_application', { application: foreign(application.name) })}</p>
</div></div>`;
}

function signedIn(t: Translator, user: User, returnTo: string): Html {
  return html`<div class="who">
<div class="person">${avatar(user.name, 40)}<p>${t.rich('sign_in.signed_in', { name: foreign(user.name) })}${addressLine(user.email)}</p></div>
<a class="button primary" href="${returnTo}">${t('sign_in.continue')}</a>
</div>
<p class="lead">${t('sign_in.other_account')}</p>`;
}

/** What the form says of a problem. */
export function signInProblemText(t: Translator, problem: SignInProblem): Html | string {
  if (problem.kind === 'refused') return t('sign_in.refused');
  if (problem.kind === 'no_provider') return t('sign_in.no_provider');
  return t.rich('sign_in.locked', {
    minutes: Math.ceil(problem.retryAfter / 60),
    time: t.time(problem.until),
  });
}
