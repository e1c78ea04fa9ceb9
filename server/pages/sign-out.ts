import type { Application } from '../model/application.ts';
import type { Instance } from '../model/instance.ts';
import type { Locale, User } from '../model/user.ts';
import { type Html, html } from './html.ts';
import { inLanguage, languageLinks } from './languages.ts';
import { addressLine, foreign, layout } from './layout.ts';
import { type Translator, translator } from './locale.ts';
import { applicationLogo, avatar } from './logo.ts';

/** Who asks, as far as that is known. */
type Asking = Pick<Application, 'id' | 'name' | 'logoVersion'> | null;

/** The question whether somebody who was sent here wants to sign out. */
export function signOutPage(page: {
  locale: Locale;
  instance: Instance;
  application: Asking;
  user: User;
  /** Sealed by the caller: what is being asked, and in which session. */
  request: string;
  /** Path and query of the request to sign out, to ask again in another language. */
  url: string;
}): string {
  const { locale, instance, application, user, request, url } = page;
  const t = translator(locale);
  const asks = t.rich('sign_out.application', { application: foreign(application?.name ?? '') });
  return layout({
    t,
    instance,
    title: t('sign_out.title'),
    main: html`${heading(
      html`<h1>${t.rich('sign_out.heading', { instance: foreign(instance.name) })}</h1>
<p class="lead">${application ? asks : t('sign_out.somebody')}</p>`,
      application,
    )}
<div class="who">
<div class="person">${avatar(user.name, 40)}<p>${t.rich('consent.signed_in', { name: foreign(user.name) })}${addressLine(user.email)}</p></div>
</div>
<form method="post" action="/sign-out">
<input type="hidden" name="request" value="${request}">
<input type="hidden" name="ui_locales" value="${locale}">
<div class="choices">
<button class="primary" name="decision" value="sign_out">${t('account.sign_out')}</button>
<button name="decision" value="stay">${t('sign_out.stay')}</button>
</div>
</form>`,
    footer: languageLinks(t, (other) => inLanguage(url, other)),
  });
}

/** Nobody is signed in here any more. */
export function signedOutPage(page: {
  locale: Locale;
  instance: Instance;
  application: Asking;
  /** Path and query of the request to sign out, which leads here in another language too. */
  url: string;
}): string {
  const { locale, instance, application, url } = page;
  const t = translator(locale);
  return layout({
    t,
    instance,
    title: t('signed_out.title'),
    main: html`${heading(html`<h1>${t('signed_out.title')}</h1>${told(t, application)}`, application)}
<p>${t('signed_out.text')}</p>
<a class="button" href="/login?ui_locales=${locale}">${t('sign_in.again')}</a>`,
    footer: languageLinks(t, (other) => inLanguage(url, other)),
  });
}

function told(t: Translator, application: Asking): Html | false {
  return (
    !!application &&
    html`
<p class="lead">${t.rich('signed_out.application', { application: foreign(application.name) })}</p>`
  );
}

function heading(words: Html, application: Asking): Html {
  if (!application) return words;
  return html`<div class="application">${applicationLogo(application, 56)}<div>
${words}
</div></div>`;
}
