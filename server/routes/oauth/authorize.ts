import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Session } from '../../accounts/sessions.ts';
import { findRememberedConsent } from '../../authorizations/consents.ts';
import { sendAnswer } from '../../http/authorization-answer.ts';
import { currentSession } from '../../http/cookies.ts';
import { PageError } from '../../http/page-error.ts';
import { goTo } from '../../http/reply.ts';
import { sendPage } from '../../http/respond.ts';
import { authorizeUrl, signInUrl, wasProviderAsked } from '../../http/return-to.ts';
import { providerUrl } from '../../http/ways-in.ts';
import { actOfSession } from '../../model/act.ts';
import { type IdentityProvider, onlyWayIn } from '../../model/identity-provider.ts';
import { codeAnswer, errorAnswer, issueAuthorizationCode } from '../../oauth/authorize/answer.ts';
import { sealQuestion } from '../../oauth/authorize/consent-form.ts';
import { isPushed, readParameters, takePushed } from '../../oauth/authorize/pushed.ts';
import {
  type AuthorizationRequest,
  isSilent,
  RedirectableError,
  requestFor,
  requestOf,
  UnredirectableError,
} from '../../oauth/authorize/request.ts';
import { nextStep, type Step, silentError } from '../../oauth/authorize/steps.ts';
import { Form } from '../../oauth/parameters.ts';
import { authorizePaths, type Profile } from '../../oauth/profile.ts';
import { consentPage } from '../../pages/consent.ts';
import { chooseLocale } from '../../pages/locale.ts';
import type { Services } from '../../services.ts';

/** Characters of a request's query. It travels inside other URLs, where its encoding can triple it. */
const longestQuery = 8 * 1024;

/**
 * `/oauth2/authorize` (RFC 6749 3.1). The rules: `oauth/authorize/request.ts`; what comes next: `oauth/authorize/steps.ts`; the
 * question to the user: `oauth/authorize/consent-form.ts`.
 */
export function registerAuthorize(app: FastifyInstance, services: Services): void {
  registerAuthorizeOf(app, services, 'standard');
}

/** The authorization endpoint of a profile. */
export function registerAuthorizeOf(app: FastifyInstance, services: Services, profile: Profile): void {
  const path = authorizePaths[profile];
  // No HEAD: it would issue a code that nobody gets.
  app.get(path, { exposeHeadRoute: false }, (request, reply) => {
    const [, query = ''] = /\?(.*)$/s.exec(request.url) ?? [];
    return authorize(services, request, reply, profile, Form.fromText(query));
  });

  // A form that another site posts comes without our cookie (SameSite=Lax). The same request by GET has it.
  app.post(path, async (request, reply) => {
    const form = request.body instanceof Form ? request.body : new Form();
    const query = form.toQuery();
    if (query.size === 0) return authorize(services, request, reply, profile, form);
    checkLength(request, query);
    return reply.redirect(authorizeUrl(profile, query), 303);
  });
}

async function authorize(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  profile: Profile,
  form: Form,
): Promise<FastifyReply> {
  const { instance } = request;
  const query = form.toQuery();
  checkLength(request, query);
  const url = authorizeUrl(profile, query);
  const parameters = readParameters(services, instance, profile, form);
  if (!parameters) throw new UnredirectableError('pushed_request_over');
  if (profile === 'standard' && isPushed(parameters)) {
    const pushed = await takePushed(services, instance, parameters);
    if (pushed === undefined) throw new UnredirectableError('pushed_request_over');
    return goTo(reply, authorizeUrl(profile, new URLSearchParams({ pushed })));
  }
  try {
    const asked = await requestOf(services, instance, profile, parameters);
    const session = await currentSession(services, request);
    const wanted = session ? requestFor(asked, session.user) : asked;
    let step = await stepOf(services, wanted, session);
    if (session && step.do === 'answer') {
      const act = actOfSession(instance, session, request.ip);
      const code = await issueAuthorizationCode(services, act, wanted, session, 'remembered');
      if (code !== undefined) return sendAnswer(services, request, reply, codeAnswer(instance, wanted, code));
      // The session has ended at this moment.
      step = { do: 'sign_in', because: 'nobody' };
    }
    if (wanted.prompt.has('none')) {
      const provider = step.do === 'sign_in' && (await silentProvider(services, request, query));
      // It shows no page either, and sends people back here.
      if (provider) return goTo(reply, providerUrl(provider, { returnTo: url }));
      throw silentError(wanted, step);
    }
    if (session && step.do === 'consent') return ask(services, request, reply, wanted, session, url);
    return goTo(reply, signInUrl(url));
  } catch (error) {
    if (!(error instanceof RedirectableError)) throw error;
    // Whoever followed a link to us is not sent on by it before they have signed in (RFC 9700 4.11.2).
    if (!isSilent(parameters) && !(await currentSession(services, request)))
      return goTo(reply, signInUrl(url));
    const answer = errorAnswer(instance, error.target, error.code, error.message);
    return sendAnswer(services, request, reply, answer);
  }
}

/** The identity provider that may know without a page who sits there: the only way in, which has not been asked yet. */
async function silentProvider(
  services: Services,
  { instance }: FastifyRequest,
  query: URLSearchParams,
): Promise<IdentityProvider | undefined> {
  if (instance.signIn.password !== 'nobody' || wasProviderAsked(query)) return undefined;
  return onlyWayIn(instance.signIn, await services.identityProviders.listEnabled(instance.id));
}

function checkLength(request: FastifyRequest, query: URLSearchParams): void {
  if (query.toString().length > longestQuery)
    throw new PageError(request.method === 'POST' ? 413 : 414, 'too_large');
}

async function stepOf(
  services: Services,
  wanted: AuthorizationRequest,
  session: Session | null,
): Promise<Step> {
  const { client, redirectUri } = wanted;
  const subject = { application: client.application, redirectUri };
  const consent = session ? await findRememberedConsent(services, subject, session.user.id) : undefined;
  const now = services.clock();
  return nextStep(wanted, session, consent, { asked: now, now });
}

function ask(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  wanted: AuthorizationRequest,
  session: Session,
  url: string,
): FastifyReply {
  const { instance } = request;
  const locale = chooseLocale({
    uiLocales: wanted.parameters.values.ui_locales,
    user: session.user,
    acceptLanguage: request.headers['accept-language'],
  });
  const page = consentPage({
    locale,
    instance,
    application: wanted.client.application,
    scopes: wanted.allows,
    redirectUri: wanted.redirectUri,
    user: session.user,
    request: sealQuestion(services, instance, wanted, session),
    action: '/consent',
    authorizeUrl: url,
  });
  // Browsers hold every redirect after a form to `form-action`, those of the client's own callback too.
  return sendPage(reply, page, { formAction: null, referrerPolicy: 'no-referrer' });
}
