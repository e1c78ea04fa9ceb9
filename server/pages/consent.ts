import type { Application } from '../model/application.ts';
import type { Instance } from '../model/instance.ts';
import { isClaimable } from '../model/redirect-uri.ts';
import type { Locale, User } from '../model/user.ts';
import { type Html, html } from './html.ts';
import { inLanguage, languageLinks } from './languages.ts';
import { addressLine, foreign, layout, straight } from './layout.ts';
import { type Translator, translator } from './locale.ts';
import { applicationLogo, avatar } from './logo.ts';
import { scopeList } from './scopes.ts';

/** The question whether an application may act for the person who is signed in. */
export function consentPage(page: {
  locale: Locale;
  instance: Instance;
  application: Application;
  /** The names of the scopes that it asks for. */
  scopes: readonly string[];
  redirectUri: string;
  user: User;
  /** Sealed by the caller: what is being asked, and in which session. */
  request: string;
  action: string;
  /** Path and query of the authorization request, to ask again in another language or of somebody else. */
  authorizeUrl: string;
}): string {
  const { locale, instance, application, scopes, redirectUri, user, request, action, authorizeUrl } = page;
  const t = translator(locale);
  const name = foreign(application.name);
  const switchUrl = `/login?${new URLSearchParams({ return_to: authorizeUrl })}`;
  return layout({
    t,
    instance,
    title: t('consent.title', { application: straight(application.name) }),
    main: html`<div class="application question">${applicationLogo(application, 56)}<div>
<h1>${t.rich('consent.heading', { application: name, instance: foreign(instance.name) })}</h1>
${developer(t, application)}
</div></div>
${about(t, application)}
<section aria-labelledby="asked">
<h2 id="asked">${t('consent.scopes')}</h2>
${scopeList(t, instance, scopes)}
</section>
<div class="who">
<div class="person">${avatar(user.name, 40)}<p>${t.rich('consent.signed_in', { name: foreign(user.name) })}${addressLine(user.email)}</p></div>
<a href="${switchUrl}">${t('consent.switch')}</a>
</div>
${destination(t, redirectUri)}
<form method="post" action="${action}">
<input type="hidden" name="request" value="${request}">
<input type="hidden" name="ui_locales" value="${locale}">
<div class="choices">
<span class="hold"><button class="primary" name="decision" value="allow">${t('consent.allow')}</button></span>
<span class="hold"><button name="decision" value="deny">${t('consent.deny')}</button></span>
</div>
</form>
<p class="fine stop"><span>${t.rich('consent.stop', {}, '/account')}</span></p>`,
    footer: languageLinks(t, (other) => inLanguage(authorizeUrl, other)),
  });
}

function developer(t: Translator, { developerName, developerEmail }: Application): Html | false {
  if (!developerName && !developerEmail) return false;
  const email = developerEmail && html`<a href="mailto:${developerEmail}">${foreign(developerEmail)}</a>`;
  const text =
    developerName && email
      ? t.rich('consent.developer_with_email', { developer: foreign(developerName), email })
      : t.rich('consent.developer', { developer: developerName ? foreign(developerName) : email || '' });
  return html`<p class="fine">${text}</p>`;
}

/** Characters of a description that are read at once; more of it scrolls, so that the answer stays in sight. */
const shortDescription = 280;

function about(t: Translator, { description, clientUri, policyUri }: Application): Html {
  const links = [link(clientUri, t('consent.more')), link(policyUri, t('consent.policy'))].filter(
    (item) => item !== null,
  );
  const isLong = (description?.length ?? 0) > shortDescription;
  return html`${
    description &&
    html`<div class="description${isLong && ' long'}"${isLong && html` tabindex="0" role="group" aria-label="${t('consent.more')}"`}>${foreign(description)}</div>`
  }
${links.length > 0 && html`<ul class="links">${links.map((item) => html`<li>${item}</li>`)}</ul>`}`;
}

/** The application's own pages open beside this one, learn nothing of it and cannot reach back into it. */
function link(url: string | null, text: string): Html | null {
  if (!url || !/^https?:\/\//i.test(url)) return null;
  return html`<a href="${url}" target="_blank" rel="noreferrer noopener">${text}</a>`;
}

function destination(t: Translator, redirectUri: string): Html {
  const url = new URL(redirectUri);
  // What comes after a scheme of an app's own is the app's to choose: it may look like anybody's host.
  const place = /^https?:$/.test(url.protocol) ? url.host : url.protocol;
  if (isClaimable(redirectUri))
    return html`<p class="to to_device"><span>${t.rich('consent.to_device', { place: foreign(place) })}</span></p>`;
  const host = html`<b>${foreign(place)}</b>`;
  return html`<p class="to to_host"><span>${t.rich('consent.to_host', { host })}</span></p>`;
}
