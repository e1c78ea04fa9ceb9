import type { OwnIdentity } from '../accounts/own-identities.ts';
import type { Session } from '../accounts/sessions.ts';
import type { Refusal } from '../base/refusal.ts';
import type { Application } from '../model/application.ts';
import type { AuthorizationView } from '../model/authorization.ts';
import type { IdentityProvider } from '../model/identity-provider.ts';
import type { Instance } from '../model/instance.ts';
import { type Locale, locales } from '../model/user.ts';
import type { StoredSession } from '../store/sessions.ts';
import { browserName, deviceOf } from './browser-name.ts';
import { field } from './field.ts';
import { fieldErrors } from './field-errors.ts';
import { type Html, html } from './html.ts';
import { addressLine, foreign, layout } from './layout.ts';
import { languageNames, type Translator, translator } from './locale.ts';
import { applicationLogo, avatar } from './logo.ts';
import { scopeList } from './scopes.ts';

/** What has just been done; the page says so at its top. */
export const notices = [
  'authorization_ended',
  'consent_forgotten',
  'session_ended',
  'other_sessions_ended',
  'identity_linked',
  'identity_unlinked',
  'password_changed',
  'profile_saved',
] as const;
export type Notice = (typeof notices)[number];

/** An application that may act for the user now, or that would not be asked about again. */
export interface ConnectedApplication {
  readonly application: Pick<Application, 'id' | 'name' | 'logoVersion'>;
  /** Live ones, the newest first. */
  readonly authorizations: readonly AuthorizationView[];
}

export interface RememberedConsent {
  readonly application: Pick<Application, 'id' | 'name' | 'logoVersion'>;
  readonly scopes: readonly string[];
  readonly createdAt: number;
}

interface AccountPage {
  locale: Locale;
  instance: Instance;
  session: Session;
  /** Hidden in every form, for browsers that do not say where a form comes from. */
  formToken: string;
  connected: readonly ConnectedApplication[];
  /** How many authorizations are shown, where the user has more; else null. */
  newestOnly: number | null;
  /** Yeses without a live authorization. */
  consents: readonly RememberedConsent[];
  sessions: readonly StoredSession[];
  /** The identity providers that sign the user in, and those that they could link. */
  identities: readonly OwnIdentity[];
  linkable: readonly Pick<IdentityProvider, 'id' | 'name'>[];
  /** Whether there is a password that counts. */
  usesPassword: boolean;
  /** Why a provider was neither linked nor unlinked. */
  identityProblem?: 'too_long_ago' | 'only_way_in' | 'password_needed' | undefined;
  notice?: Notice | undefined;
  /** What was wrong with a form of this page, and with which one. */
  problem?: { form: 'password' | 'profile'; error: Refusal; name?: string | undefined } | undefined;
}

/** What a signed-in person can see and change about themselves. */
export function accountPage(page: AccountPage): string {
  const t = translator(page.locale);
  const { user } = page.session;
  return layout({
    t,
    instance: page.instance,
    title: t('account.title'),
    width: 'column',
    aside: html`<div class="actions">
${user.role === 'administrator' && html`<a href="/console">${t('account.console')}</a>`}
<form method="post" action="/logout">${token(page)}<button class="plain">${t('account.sign_out')}</button></form>
</div>`,
    main: html`<div class="person">${avatar(user.name, 56)}<div><h1>${t('account.title')}</h1>
<p class="lead">${foreign(user.name)}${addressLine(user.email)}</p></div></div>
${page.notice && html`<p class="notice" role="status"><span>${t(`notice.${page.notice}`)}</span></p>`}
${page.problem && html`<p class="alert" role="alert"><span>${t('account.problem')}</span></p>`}
${page.identityProblem && html`<p class="alert" role="alert"><span>${t(`account.${page.identityProblem}`)}</span></p>`}
${connectedSection(t, page)}
${consentsSection(t, page)}
${sessionsSection(t, page)}
${identitiesSection(t, page)}
${page.usesPassword && passwordSection(t, page)}
${profileSection(t, page)}`,
  });
}

function token(page: AccountPage): Html {
  return html`<input type="hidden" name="form_token" value="${page.formToken}">`;
}

function connectedSection(t: Translator, page: AccountPage): Html {
  const heading = html`<h2 id="connected">${t('account.connected')}</h2>`;
  if (page.connected.length === 0)
    return html`<section aria-labelledby="connected">
${heading}
<p class="panel lead">${t('account.connected_none')}</p>
</section>`;
  return html`<section aria-labelledby="connected">
<div>${heading}
<p class="lead">${t('account.connected_intro')}</p>
${page.newestOnly !== null && html`<p class="lead">${t('account.connected_newest', { count: page.newestOnly })}</p>`}</div>
${page.connected.map(
  ({ application, authorizations }) => html`<article class="panel" aria-labelledby="app-${application.id}">
<div class="application">${applicationLogo(application, 40)}<h3 id="app-${application.id}">${foreign(application.name)}</h3></div>
${authorizations.map((authorization) => authorizationItem(t, page, authorization))}
</article>`,
)}
</section>`;
}

function authorizationItem(t: Translator, page: AccountPage, authorization: AuthorizationView): Html {
  const { id, application, scopes, createdAt, lastUsedAt } = authorization;
  return html`<div class="entry">
<dl class="grow">
<dt>${t('account.may')}</dt><dd>${scopeList(t, page.instance, scopes)}</dd>
<dt>${t('account.since')}</dt><dd>${t.time(createdAt)}</dd>
<dt>${t('account.last_used')}</dt><dd>${lastUsedAt === null ? t('account.never_used') : t.time(lastUsedAt)}</dd>
<dt>${t('account.ends')}</dt><dd>${endOf(t, authorization)}</dd>
</dl>
<form method="post" action="/account/authorizations/${id}/revoke">${token(page)}<button class="danger">${t('account.end')}<span class="hidden"> – ${foreign(application.name)}</span></button></form>
</div>`;
}

function endOf(t: Translator, { expiresAt, expiresBecause }: AuthorizationView): Html | string {
  if (expiresAt === null) return t('account.ends_never');
  return t.rich(expiresBecause === 'inactivity' ? 'account.ends_inactivity' : 'account.ends_absolute', {
    time: t.time(expiresAt),
  });
}

function consentsSection(t: Translator, page: AccountPage): Html | false {
  if (page.consents.length === 0) return false;
  return html`<section aria-labelledby="remembered">
<div><h2 id="remembered">${t('account.remembered')}</h2>
<p class="lead">${t('account.remembered_intro')}</p></div>
${page.consents.map(
  ({
    application,
    scopes,
    createdAt,
  }) => html`<article class="panel" aria-labelledby="consent-${application.id}">
<div class="application">${applicationLogo(application, 40)}<h3 id="consent-${application.id}">${foreign(application.name)}</h3></div>
<div class="entry">
<dl class="grow">
<dt>${t('account.may')}</dt><dd>${scopeList(t, page.instance, scopes)}</dd>
<dt>${t('account.allowed_on')}</dt><dd>${t.day(createdAt)}</dd>
</dl>
<form method="post" action="/account/consents/${application.id}/forget">${token(page)}<button>${t('account.forget')}<span class="hidden"> – ${foreign(application.name)}</span></button></form>
</div>
</article>`,
)}
</section>`;
}

function sessionsSection(t: Translator, page: AccountPage): Html {
  return html`<section aria-labelledby="sessions">
<h2 id="sessions">${t('account.sessions')}</h2>
<div class="panel rows">
<ul>${page.sessions.map((session) => sessionItem(t, page, session))}</ul>
${page.sessions.length > 1 && html`<form method="post" action="/account/sessions/end-others">${token(page)}<button>${t('account.end_others')}</button></form>`}
</div>
</section>`;
}

function sessionItem(t: Translator, page: AccountPage, session: StoredSession): Html {
  const isThis = session.id === page.session.id;
  const browser = browserName(session.userAgent) ?? t('account.unknown_browser');
  return html`<li class="entry">
<span class="icon ${deviceOf(session.userAgent)}"></span>
<div class="grow"><b>${browser}</b>${isThis && html` <span class="badge">${t('account.this_session')}</span>`}<br>
<span class="fine">${session.ip}<br>${t.rich('account.session_started', { time: t.time(session.createdAt) })}<br>${t.rich('account.session_seen', { time: t.time(session.lastSeenAt) })}</span></div>
${!isThis && html`<form method="post" action="/account/sessions/${session.id}/end">${token(page)}<button>${t('account.end_session')}<span class="hidden"> – ${browser}, ${session.ip}</span></button></form>`}
</li>`;
}

function identitiesSection(t: Translator, page: AccountPage): Html | false {
  const { identities, linkable } = page;
  if (identities.length === 0 && linkable.length === 0) return false;
  return html`<section aria-labelledby="identities">
<div><h2 id="identities">${t('account.identities')}</h2>
<p class="lead">${t('account.identities_intro')}</p></div>
<div class="panel rows">
${identities.length > 0 && html`<ul>${identities.map((own) => identityItem(t, page, own))}</ul>`}
${linkable.map(
  ({ id, name }) =>
    html`<form method="post" action="/account/identities/${id}/link">${token(page)}<button><span>${t.rich('account.link', { provider: foreign(name) })}</span></button></form>`,
)}
</div>
</section>`;
}

function identityItem(t: Translator, page: AccountPage, { identity, provider }: OwnIdentity): Html {
  const { id, createdAt, lastUsedAt } = identity;
  return html`<li class="entry">
<div class="grow"><b>${foreign(provider.name)}</b><br>
<span class="fine">${t('account.linked_since')} ${t.time(createdAt)}<br>${t('account.last_used')}: ${lastUsedAt === null ? t('account.never_used') : t.time(lastUsedAt)}</span></div>
<form method="post" action="/account/identities/${id}/unlink">${token(page)}<button>${t('account.unlink')}<span class="hidden"> – ${foreign(provider.name)}</span></button></form>
</li>`;
}

function passwordSection(t: Translator, page: AccountPage): Html {
  const error = page.problem?.form === 'password' ? page.problem.error : undefined;
  const errors = fieldErrors(t, error);
  const tooMany = error?.retryAfter !== undefined && Math.ceil(error.retryAfter / 60);
  return html`<section aria-labelledby="password-heading">
<div><h2 id="password-heading">${t('account.password')}</h2>
<p class="lead">${t('account.password_intro')}</p></div>
<form class="panel" method="post" action="/account/password">${token(page)}
${tooMany !== false && html`<p class="error" id="too-many"><span>${t('problem.too_many_attempts', { minutes: tooMany })}</span></p>`}
<input type="text" name="username" value="${page.session.user.email}" autocomplete="username" hidden>
${field({ name: 'current_password', label: t('field.current_password'), type: 'password', autocomplete: 'current-password', error: errors['current_password'], describedBy: tooMany !== false ? 'too-many' : undefined, autofocus: !!errors['current_password'] || tooMany !== false })}
${field({ name: 'new_password', label: t('field.new_password'), type: 'password', autocomplete: 'new-password', minLength: 12, hint: t('field.password_hint'), error: errors['password'], autofocus: !!errors['password'] })}
<button>${t('account.change_password')}</button>
</form>
</section>`;
}

function profileSection(t: Translator, page: AccountPage): Html {
  const { user } = page.session;
  const problem = page.problem?.form === 'profile' ? page.problem : undefined;
  const errors = fieldErrors(t, problem?.error);
  const option = (locale: Locale) =>
    html`<option value="${locale}" lang="${locale}"${user.locale === locale && html` selected`}>${languageNames[locale]}</option>`;
  return html`<section aria-labelledby="profile">
<h2 id="profile">${t('account.profile')}</h2>
<form class="panel" method="post" action="/account/profile">${token(page)}
${field({ name: 'name', label: t('field.name'), value: problem?.name ?? user.name, autocomplete: 'name', error: errors['name'], autofocus: !!errors['name'] })}
<div class="field"><label for="locale">${t('language.label')}</label>
<span class="select"><select id="locale" name="locale"><option value="">${t('language.browser')}</option>${locales.map(option)}</select></span></div>
<button>${t('account.save')}</button>
</form>
</section>`;
}
