import type { ProviderProblemKind } from '../accounts/providers/vouched.ts';
import type { NotAdmitted } from '../accounts/provisioning.ts';
import type { IdentityProvider } from '../model/identity-provider.ts';
import type { Instance } from '../model/instance.ts';
import type { Locale } from '../model/user.ts';
import { html } from './html.ts';
import { inLanguage, languageLinks } from './languages.ts';
import { foreign, layout, straight } from './layout.ts';
import { translator } from './locale.ts';

/** Why nobody is signed in who went to an identity provider; *over*: the trip has ended before. */
export type ProviderPageProblem = ProviderProblemKind | NotAdmitted | 'over';

/** The page of a sign-in that an identity provider did not make one. */
export function providerProblemPage(page: {
  locale: Locale;
  instance: Instance;
  provider: Pick<IdentityProvider, 'name'>;
  problem: ProviderPageProblem;
  /** Path and query where the sign-in begins again. */
  again: string;
  /** Path and query of the sign-in page where there is another way; undefined where there is none. */
  otherWay: string | undefined;
}): string {
  const { locale, instance, provider, problem, again, otherWay } = page;
  const t = translator(locale);
  const name = foreign(provider.name);
  return layout({
    t,
    instance,
    title: t(`provider.${problem}.title`, { provider: straight(provider.name) }),
    main: html`<span class="problem-icon"><span class="icon warning"></span></span>
<h1>${t.rich(`provider.${problem}.title`, { provider: name })}</h1>
<p>${t.rich(`provider.${problem}.text`, { provider: name })}</p>
<div class="stack">
<a class="button primary wide" href="${inLanguage(again, locale)}">${t('provider.again')}</a>
${otherWay !== undefined && html`<a class="button wide" href="${inLanguage(otherWay, locale)}">${t('provider.other_way')}</a>`}
</div>`,
    footer: otherWay !== undefined && languageLinks(t, (other) => inLanguage(otherWay, other)),
  });
}
