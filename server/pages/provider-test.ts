import type { Person } from '../accounts/providers/person.ts';
import type { ProviderProblem, VouchedPerson } from '../accounts/providers/vouched.ts';
import type { Recognized } from '../accounts/provisioning.ts';
import type { IdentityProvider } from '../model/identity-provider.ts';
import type { Instance } from '../model/instance.ts';
import type { Locale } from '../model/user.ts';
import { type Html, html } from './html.ts';
import { foreign, layout, straight } from './layout.ts';
import { languageNames, type Translator, translator } from './locale.ts';

/** What came of a trip to a provider that an administrator made to try it. */
export type ProviderTrial =
  | { readonly vouched: VouchedPerson; readonly person: Person; readonly recognized: Recognized }
  /** `vouched` where something came back. */
  | { readonly problem: ProviderProblem; readonly vouched?: VouchedPerson | undefined };

/** What came back from a provider, claim by claim, and what would become of it. */
export function providerTestPage(page: {
  locale: Locale;
  instance: Instance;
  provider: Pick<IdentityProvider, 'name' | 'trustsEmail'>;
  trial: ProviderTrial;
  /** Path and query where it is tried again. */
  again: string;
}): string {
  const { locale, instance, provider, trial, again } = page;
  const t = translator(locale);
  return layout({
    t,
    instance,
    title: t('provider_test.title', { provider: straight(provider.name) }),
    width: 'column',
    main: html`<div><h1>${t.rich('provider_test.title', { provider: foreign(provider.name) })}</h1>
<p class="lead">${t('provider_test.intro')}</p></div>
${verdict(t, trial, provider)}
${'person' in trial && meaning(t, trial, provider)}
${trial.vouched && received(t, trial.vouched)}
<p><a class="button" href="${again}">${t('provider.again')}</a></p>`,
  });
}

function verdict(t: Translator, trial: ProviderTrial, provider: Pick<IdentityProvider, 'name'>): Html {
  if ('problem' in trial)
    return alert(
      t,
      t(`provider.${trial.problem.kind}.title`, { provider: straight(provider.name) }),
      trial.problem.message,
    );
  const { recognized } = trial;
  if (recognized.who === 'nobody')
    return alert(t, t(`provider.${recognized.because}.title`, { provider: straight(provider.name) }));
  return html`<p class="notice"><span><b>${t('provider_test.works')}.</b> ${outcome(t, recognized)}</span></p>`;
}

function alert(t: Translator, what: string, reason?: string): Html {
  return html`<p class="alert"><span><b>${t('provider_test.fails')}.</b> ${what}.${reason !== undefined && html`<br>${t('provider_test.reason')}: ${foreign(reason)}`}</span></p>`;
}

function outcome(t: Translator, recognized: Exclude<Recognized, { who: 'nobody' }>): Html | string {
  if (recognized.who === 'new') return t('provider_test.new');
  const { user } = recognized;
  const names = { name: foreign(user.name), email: foreign(user.email) };
  // A trial asks for no password.
  if (recognized.who === 'linked' && recognized.by !== 'password')
    return t.rich(`provider_test.linked_${recognized.by}`, names);
  if (recognized.who === 'linked') return t.rich('provider_test.to_confirm', names);
  return t.rich(`provider_test.${recognized.who}`, names);
}

function meaning(
  t: Translator,
  { person, vouched }: Extract<ProviderTrial, { person: Person }>,
  { trustsEmail }: Pick<IdentityProvider, 'trustsEmail'>,
): Html {
  const { subject, email, emailVerified, name, locale, isAdministrator, claims } = person;
  const untold = t('provider_test.untold');
  const copied = Object.keys(claims.values).length > 0 ? shown(claims.values) : untold;
  const isBelieved = trustsEmail ? 'verified' : 'verified_untrusted';
  const verified = t(`provider_test.${emailVerified ? isBelieved : 'unverified'}`);
  const rows: [string, Html | string][] = [
    [t('provider_test.subject'), foreign(subject)],
    [t('provider_test.email'), email === undefined ? untold : html`${foreign(email)} (${verified})`],
    [t('provider_test.name'), name === undefined ? untold : foreign(name)],
    [t('provider_test.language'), locale === undefined ? untold : languageNames[locale]],
    [
      t('provider_test.administrator'),
      isAdministrator === undefined ? untold : t(isAdministrator ? 'provider_test.yes' : 'provider_test.no'),
    ],
    [t('provider_test.copied'), copied],
    [
      t('provider_test.signed_in_at'),
      vouched.authenticatedAt === null ? untold : t.time(vouched.authenticatedAt),
    ],
    [t('provider_test.methods'), vouched.methods.length > 0 ? foreign(vouched.methods.join(', ')) : untold],
  ];
  return html`<section class="panel"><h2>${t('provider_test.meaning')}</h2>
<dl>${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl></section>`;
}

function received(t: Translator, { claims }: VouchedPerson): Html {
  return html`<section class="panel"><h2>${t('provider_test.received')}</h2>
<table class="claims"><thead><tr><th scope="col">${t('provider_test.claim')}</th><th scope="col">${t('provider_test.value')}</th></tr></thead>
<tbody>${Object.entries(claims).map(([name, value]) => html`<tr><th scope="row"><code>${foreign(name)}</code></th><td>${shown(value)}</td></tr>`)}</tbody></table></section>`;
}

/** Characters of a value that are shown. */
const longestShown = 2000;

function shown(value: unknown): Html {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return html`<code>${foreign(text.length > longestShown ? `${text.slice(0, longestShown)}…` : text)}</code>`;
}
