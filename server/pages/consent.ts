import type { Locale, User } from '../accounts/user.ts';
import type { Application } from '../registry/application.ts';
import type { Instance } from '../registry/instance.ts';
import { isClaimable } from '../registry/redirect-uri.ts';
import { type Html, html } from './html.ts';
import { addressLine, foreign, layout, straight } from './layout.ts';
import { type Translator, translator } from './locale.ts';
import { applicationLogo } from './logo.ts';
import { scopeInWords } from './scopes.ts';

/** The question whether an application may act for the person who is signed in. */
export function consentPage(page: {
  locale: Locale;
  instance: Instance;
  application: Application;
  /** What it asks for; the description is the instance's. */
  scopes: readonly { name: string; description: string }[];
  redirectUri: string;
  user: User;
  /** Sealed by the caller: what is being asked, and in which session. */
  request: string;
  action: string;
  /** Path and query of the authorization request, to return to after signing in as somebody else. */
  authorizeUrl?: string | undefined;
}): string {
  const { locale, instance, application, scopes, redirectUri, user, request, action, authorizeUrl } = page;
  const t = translator(locale);
  const name = foreign(application.name);
  const switchUrl = `/login?${new URLSearchParams({ return_to: authorizeUrl ?? '/account' })}`;
  return layout({
    t,
    instance,
    title: t('consent.title', { application: straight(application.name) }),
    main: html`<div class="application">${applicationLogo(application, 64)}<h1>${t.rich('consent.heading', { application: name })}</h1></div>
${about(t, application)}
<section aria-labelledby="asked">
<h2 id="asked">${t('consent.scopes')}</h2>
<ul class="scopes">${scopes.map((scope) => html`<li>${foreign(scopeInWords(t, scope))}</li>`)}</ul>
</section>
<div class="who">
<p>${t.rich('consent.signed_in', { name: foreign(user.name) })}${addressLine(user.email)}</p>
<p><a href="${switchUrl}">${t('consent.switch')}</a></p>
</div>
<form method="post" action="${action}">
<input type="hidden" name="request" value="${request}">
<div class="choices">
<button class="primary" name="decision" value="allow">${t('consent.allow')}</button>
<button name="decision" value="deny">${t('consent.deny')}</button>
</div>
</form>
<p class="fine">${destination(t, redirectUri)} ${t.rich('consent.stop', {}, '/account')}</p>`,
  });
}

function about(t: Translator, application: Application): Html {
  const { description, developerName, developerEmail, clientUri, policyUri } = application;
  const links = [link(clientUri, t('consent.more')), link(policyUri, t('consent.policy'))].filter(
    (item) => item !== null,
  );
  return html`${description && html`<p class="description">${foreign(description)}</p>`}
${(developerName || developerEmail) && html`<p class="fine">${developer(t, developerName, developerEmail)}</p>`}
${links.length > 0 && html`<ul class="links">${links.map((item) => html`<li>${item}</li>`)}</ul>`}`;
}

function developer(t: Translator, name: string | null, email: string | null): Html {
  const address = email && html`<a href="mailto:${email}">${foreign(email)}</a>`;
  if (!name) return t.rich('consent.developer', { developer: address || '' });
  if (!address) return t.rich('consent.developer', { developer: foreign(name) });
  return t.rich('consent.developer_with_email', { developer: foreign(name), email: address });
}

/** The application's own pages open beside this one, learn nothing of it and cannot reach back into it. */
function link(url: string | null, text: string): Html | null {
  if (!url || !/^https?:\/\//i.test(url)) return null;
  return html`<a href="${url}" target="_blank" rel="noreferrer noopener">${text}</a>`;
}

function destination(t: Translator, redirectUri: string): Html {
  if (isClaimable(redirectUri)) return t.rich('consent.to_device', {});
  return t.rich('consent.to_host', { host: html`<b>${foreign(new URL(redirectUri).host)}</b>` });
}
