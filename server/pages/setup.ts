import type { Refusal } from '../base/refusal.ts';
import type { Instance } from '../model/instance.ts';
import type { Locale } from '../model/user.ts';
import { checkCookies, field } from './field.ts';
import { fieldErrors } from './field-errors.ts';
import { html } from './html.ts';
import { inLanguage, languageLinks } from './languages.ts';
import { layout } from './layout.ts';
import { translator } from './locale.ts';

/** The form that makes the first administrator of an instance. */
export function setupPage(page: {
  locale: Locale;
  instance: Instance;
  token: string;
  email?: string | undefined;
  name?: string | undefined;
  error?: Refusal;
}): string {
  const { locale, instance, token, email, name, error } = page;
  const t = translator(locale);
  const errors = fieldErrors(t, error);
  const first = ['name', 'email', 'password'].find((name) => errors[name]) ?? 'name';
  return layout({
    t,
    instance,
    title: t('setup.title'),
    main: html`<h1>${t('setup.title')}</h1>
<p class="lead">${t('setup.intro')}</p>
${error && html`<p class="alert" role="alert"><span>${t('account.problem')}</span></p>`}
<form method="post" action="/setup">
<input type="hidden" name="token" value="${token}">
${checkCookies}
<input type="hidden" name="ui_locales" value="${locale}">
${field({ name: 'name', label: t('field.name'), value: name, autocomplete: 'name', error: errors['name'], autofocus: first === 'name' })}
${field({ name: 'email', label: t('field.email'), type: 'email', value: email, autocomplete: 'username', error: errors['email'], autofocus: first === 'email' })}
${field({ name: 'password', label: t('field.new_password'), type: 'password', autocomplete: 'new-password', minLength: 12, hint: t('field.password_hint'), error: errors['password'], autofocus: first === 'password' })}
<button class="primary wide">${t('setup.submit')}</button>
</form>`,
    footer: languageLinks(t, (other) => inLanguage(`/setup?${new URLSearchParams({ token })}`, other)),
  });
}
