import type { Locale } from '../accounts/user.ts';
import type { Instance } from '../registry/instance.ts';
import { html } from './html.ts';
import { layout } from './layout.ts';
import { translator } from './locale.ts';

/** What can go wrong before people's eyes; each has a title and a text in `/locales`. */
export type ErrorPageCode =
  | 'unknown_client'
  | 'disabled_client'
  | 'missing_client_id'
  | 'repeated_parameter'
  | 'unregistered_redirect_uri'
  | 'missing_redirect_uri'
  | 'form_expired'
  | 'not_found'
  | 'method_not_allowed'
  | 'wrong_origin'
  | 'unknown_host'
  | 'unavailable'
  | 'too_many_requests'
  | 'too_large'
  | 'bad_request'
  | 'setup_link_dead'
  | 'internal';

/**
 * A page that names a problem in plain words.
 * @param page.instance null or absent where the host name is nobody's
 * @param page.reference what to tell an administrator, who finds it in the log
 */
export function errorPage(page: {
  locale: Locale;
  status: number;
  code: ErrorPageCode;
  instance?: Pick<Instance, 'url'> | null | undefined;
  reference?: string | undefined;
}): string {
  const t = translator(page.locale);
  const title = t(`error.${page.code}.title`);
  return layout({
    t,
    instance: page.instance ?? null,
    title,
    main: html`<h1>${title}</h1>
<p>${t(`error.${page.code}.text`)}</p>
<p class="fine">${page.status} <code>${page.code}</code>${page.reference && html`<br>${t('error.reference')} <code>${page.reference}</code>`}</p>`,
  });
}
