import type { Session } from '../accounts/sessions.ts';
import { fromBase64url } from '../base/base64url.ts';
import type { Id } from '../base/ids.ts';
import { HOUR, type Instant } from '../base/units.ts';
import type { Application } from '../model/application.ts';
import type { Instance } from '../model/instance.ts';
import { isRegistered, withParameters } from './authorize/redirect.ts';
import { ToldOnPage } from './errors.ts';
import type { Needs } from './needs.ts';
import type { Form } from './parameters.ts';
import { readIdToken } from './tokens/id-token.ts';

/** The parameters that a request to sign out may have (OpenID Connect RP-Initiated Logout 1.0, 2). Others are ignored, `logout_hint` among them. */
const parameterNames = [
  'id_token_hint',
  'client_id',
  'post_logout_redirect_uri',
  'state',
  'ui_locales',
] as const;

/** What a client asked for, as it asked: the question carries this, and the answer is judged by it anew. */
export interface EndSessionParameters {
  readonly values: Readonly<Partial<Record<(typeof parameterNames)[number], string>>>;
  readonly isRepeated: boolean;
}

/** A request to sign out that can be carried out. */
export interface EndSessionRequest {
  readonly parameters: EndSessionParameters;
  /** Who asks, as far as that is known; it may be disabled. */
  readonly application: Application | null;
  /** The session that an ID token of ours names; null without a good one. */
  readonly hintedSession: Id | null;
  /** Where people go when they are signed out, `state` included; null for our own page. */
  readonly redirect: string | null;
}

/** What is wrong with a request to sign out. The person is told on a page, and stays signed in. */
export type EndSessionMistake =
  | 'repeated_parameter'
  | 'other_client'
  | 'unknown_client'
  | 'nameless_sign_out'
  | 'unregistered_post_logout_redirect_uri';

export class EndSessionError extends ToldOnPage<EndSessionMistake> {
  override name = 'EndSessionError';
}

/** The parameters of a query or a form. */
export function endSessionParametersOf(form: Form): EndSessionParameters {
  const values: Partial<Record<(typeof parameterNames)[number], string>> = {};
  for (const name of parameterNames) {
    const value = form.get(name);
    if (value !== undefined) values[name] = value;
  }
  return { values, isRepeated: form.repeated() !== undefined };
}

/**
 * Checks a request to sign out (OpenID Connect RP-Initiated Logout 1.0, 2 and 3). A hint that is not ours, or whose key is published no
 * longer, is as good as none: then the person is asked.
 * @throws EndSessionError
 */
export async function endSessionRequestOf(
  needs: Needs,
  instance: Instance,
  parameters: EndSessionParameters,
): Promise<EndSessionRequest> {
  const { id_token_hint, client_id, post_logout_redirect_uri, state } = parameters.values;
  if (parameters.isRepeated) throw new EndSessionError('repeated_parameter');
  const hint = id_token_hint === undefined ? null : await readIdToken(needs, instance, id_token_hint);
  if (hint && client_id !== undefined && client_id !== hint.aud) throw new EndSessionError('other_client');
  const clientId = client_id ?? hint?.aud;
  const client = clientId === undefined ? undefined : await needs.clients.find(instance.id, clientId);
  if (client_id !== undefined && !client) throw new EndSessionError('unknown_client');
  const application = client?.application ?? null;
  const request = { parameters, application, hintedSession: hint?.sid ?? null, redirect: null };
  if (post_logout_redirect_uri === undefined) return request;

  // Only an application that is named, by its ID or by its ID token, has addresses (2: other means of confirming the legitimacy).
  if (!application) throw new EndSessionError('nameless_sign_out');
  if (!isRegistered(application.postLogoutRedirectUris, post_logout_redirect_uri))
    throw new EndSessionError('unregistered_post_logout_redirect_uri', {
      application: application.name,
      redirectUri: post_logout_redirect_uri,
    });
  // People can sign out of a disabled application, and are not sent to it.
  if (!application.enabled) return request;
  return { ...request, redirect: withParameters(post_logout_redirect_uri, { state }) };
}

/** What comes next: the session ends at once, its user is asked, or there is none. */
export type EndSessionStep = 'sign_out' | 'ask' | 'nothing';

/**
 * An ID token of this very session shows that its application may end it. Whatever else leads people here may be anybody's link, and
 * signs nobody out without their word (6: logout requests without a valid hint could be a denial of service).
 */
export function nextEndSessionStep(
  { hintedSession }: EndSessionRequest,
  session: Pick<Session, 'id'> | null,
): EndSessionStep {
  if (!session) return 'nothing';
  return session.id === hintedSession ? 'sign_out' : 'ask';
}

/** Where a request to sign out begins: path and query. */
export function endSessionUrl({ values }: EndSessionParameters): string {
  const query = new URLSearchParams(Object.entries(values)).toString();
  return query === '' ? endSessionPath : `${endSessionPath}?${query}`;
}

export const endSessionPath = '/oauth2/logout';

/** How long the question may stay open before its answer counts no more. */
const questionLifetime = HOUR;

/** What was asked, as the form of the question carries it: whom, when, and for which request. */
export interface EndSessionQuestion {
  readonly session: Id;
  readonly asked: Instant;
  readonly values: EndSessionParameters['values'];
}

/** Seals the question into its form, for this session: base64url. */
export function sealEndSessionQuestion(
  needs: Needs,
  instance: Instance,
  { parameters }: EndSessionRequest,
  session: Pick<Session, 'id'>,
): string {
  const question: EndSessionQuestion = {
    session: session.id,
    asked: needs.clock(),
    values: parameters.values,
  };
  return needs.secret
    .seal('sign-out-form', JSON.stringify(question), sealingContext(instance))
    .toString('base64url');
}

/** @returns undefined when no page of ours asked that */
export function openEndSessionQuestion(
  needs: Needs,
  instance: Instance,
  text: string,
): EndSessionQuestion | undefined {
  const bytes = fromBase64url(text);
  const opened = bytes && needs.secret.open('sign-out-form', bytes, sealingContext(instance));
  return opened && (JSON.parse(opened.plain.toString()) as EndSessionQuestion);
}

/** Whether it was this session that was asked, less than an hour ago. */
export function isAnswerable(
  { session: asked, asked: askedAt }: EndSessionQuestion,
  session: Pick<Session, 'id'>,
  now: Instant,
): boolean {
  return session.id === asked && now < askedAt + questionLifetime;
}

function sealingContext(instance: Instance): string {
  return `sign-out ${instance.id}`;
}
