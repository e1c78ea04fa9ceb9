import type { IdentityProvider } from '../model/identity-provider.ts';
import type { Instance } from '../model/instance.ts';
import type { Locale } from '../model/user.ts';
import { field } from './field.ts';
import { html } from './html.ts';
import { foreign, layout } from './layout.ts';
import { translator } from './locale.ts';
import { type SignInProblem, signInProblemText } from './sign-in.ts';

/** The question for the password of an account that an identity provider may mean: who gives it links the two. */
export function linkAccountPage(page: {
  locale: Locale;
  instance: Instance;
  provider: Pick<IdentityProvider, 'name'>;
  email: string;
  /** Sealed by the caller: who is to be linked with whom. */
  link: string;
  problem?: SignInProblem;
}): string {
  const { locale, instance, provider, email, link, problem } = page;
  const t = translator(locale);
  const names = { provider: foreign(provider.name), email: html`<b>${foreign(email)}</b>` };
  const refused = problem?.kind === 'refused';
  return layout({
    t,
    instance,
    title: t('link_account.title'),
    main: html`<h1>${t('link_account.title')}</h1>
<p class="lead">${t.rich('link_account.text', names)}</p>
${problem && html`<p class="alert" role="alert" id="problem"><span>${refused ? t('link_account.refused') : signInProblemText(t, problem)}</span></p>`}
<form method="post" action="/login/link">
<input type="hidden" name="link" value="${link}">
<input type="hidden" name="ui_locales" value="${locale}">
${field({ name: 'password', label: t('field.password'), type: 'password', autocomplete: 'current-password', describedBy: problem && 'problem', invalid: refused, autofocus: true })}
<button class="primary wide">${t('link_account.submit')}</button>
</form>
<p class="fine">${t.rich('link_account.explanation', names)}</p>`,
  });
}
