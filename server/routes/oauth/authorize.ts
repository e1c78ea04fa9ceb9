import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Session } from '../../accounts/sessions.ts';
import { isConsentRemembered } from '../../authorizations/consents.ts';
import { SECOND } from '../../base/units.ts';
import { currentSession } from '../../http/cookies.ts';
import { PageError } from '../../http/page-error.ts';
import { goTo } from '../../http/reply.ts';
import { sendPage } from '../../http/respond.ts';
import { offlineAccess } from '../../model/instance.ts';
import { codeRedirect, errorRedirect, issueAuthorizationCode } from '../../oauth/authorize/answer.ts';
import { mayAllow, sealConsentRequest } from '../../oauth/authorize/consent-form.ts';
import {
  type AuthorizationParameters,
  type AuthorizationRequest,
  checkAuthorizationRequest,
  findRedirectTarget,
} from '../../oauth/authorize/request.ts';
import { sealLoginMark, signedInSince } from '../../oauth/authorize/trip.ts';
import { OAuthError } from '../../oauth/errors.ts';
import { Form } from '../../oauth/parameters.ts';
import type { Profile } from '../../oauth/profile.ts';
import { consentPage } from '../../pages/consent.ts';
import { chooseLocale } from '../../pages/locale.ts';
import type { Services } from '../../services.ts';

/** Carries, through the sign-in page and back, when that trip began. Ours alone; clients have no use for it. */
export const loginMark = 'postern_login';

/** Characters of a request's query. It travels inside other URLs, where its encoding can triple it. */
const longestQuery = 8 * 1024;

/** `/oauth2/authorize` (RFC 6749 3.1). The rules: `oauth/authorize/request.ts`; the question to the user: `oauth/authorize/consent-form.ts`. */
export function registerAuthorize(app: FastifyInstance, services: Services): void {
  registerAuthorizeAt(app, services, '/oauth2/authorize', 'standard');
}

/** The authorization endpoint of a profile. */
export function registerAuthorizeAt(
  app: FastifyInstance,
  services: Services,
  path: string,
  profile: Profile,
): void {
  // No HEAD: it would issue a code that nobody gets.
  app.get(path, { exposeHeadRoute: false }, (request, reply) =>
    authorize(services, request, reply, path, profile),
  );

  // A form that another site posts comes without our cookie (SameSite=Lax). The same request by GET has it.
  app.post(path, async (request, reply) => {
    const form = request.body instanceof Form ? request.body : new Form();
    const query = form.toQuery().toString();
    const cannotBeRepeated = form.repeated() !== undefined || query === '' || query.length > longestQuery;
    if (cannotBeRepeated) return authorizeWith(services, request, reply, path, profile, form);
    return reply.redirect(`${path}?${query}`, 303);
  });
}

function authorize(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  path: string,
  profile: Profile,
): Promise<FastifyReply> {
  const [, query = ''] = /\?(.*)$/s.exec(request.url) ?? [];
  return authorizeWith(services, request, reply, path, profile, Form.fromText(query));
}

async function authorizeWith(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  path: string,
  profile: Profile,
  form: Form,
): Promise<FastifyReply> {
  const { instance } = request;
  if (form.toQuery().toString().length > longestQuery)
    throw new PageError(request.method === 'POST' ? 413 : 414, 'too_large');
  const parameters = readParameters(form);
  const target = await findRedirectTarget(services, instance, parameters);
  try {
    const wanted = checkAuthorizationRequest(instance, profile, target, parameters);
    const session = await currentSession(services, request);
    if (!session || !isFreshEnough(services, request, wanted, form, session)) {
      if (wanted.prompt.has('none'))
        throw new OAuthError('login_required', 'the user is not signed in, or not recently enough');
      return goTo(reply, loginUrl(services, request, wanted, path, form));
    }
    if (
      wanted.prompt.has('consent') ||
      !(await isConsentRemembered(
        services,
        { ...wanted, application: wanted.client.application },
        session.user.id,
      ))
    ) {
      if (wanted.prompt.has('none')) throw new OAuthError('consent_required', 'the user has to be asked');
      return ask(services, request, reply, wanted, session, form, `${path}?${form.toQuery()}`);
    }
    const code = await issueAuthorizationCode(services, instance, wanted, session, false);
    return goTo(reply, codeRedirect(instance, wanted, code));
  } catch (error) {
    if (error instanceof OAuthError)
      return goTo(reply, errorRedirect(instance, target, error.code, error.message));
    throw error;
  }
}

function readParameters(form: Form): AuthorizationParameters {
  const repeated = form.isRepeated('client_id')
    ? 'client_id'
    : form.isRepeated('redirect_uri')
      ? 'redirect_uri'
      : form.isRepeated('state')
        ? 'state'
        : form.repeated();
  return {
    clientId: form.get('client_id'),
    redirectUri: form.get('redirect_uri'),
    responseType: form.get('response_type'),
    responseMode: form.get('response_mode'),
    scope: form.get('scope'),
    state: form.get('state'),
    codeChallenge: form.get('code_challenge'),
    codeChallengeMethod: form.get('code_challenge_method'),
    prompt: form.get('prompt'),
    maxAge: form.get('max_age'),
    request: form.get('request'),
    requestUri: form.get('request_uri'),
    repeated,
  };
}

/** Whether this sign-in will do: a client may ask for a new one (`prompt`), or for one not older than `max_age`; some scopes take a recent one. */
function isFreshEnough(
  services: Services,
  request: FastifyRequest,
  wanted: AuthorizationRequest,
  form: Form,
  session: Session,
): boolean {
  if (!mayAllow(services, wanted, session)) return false;
  const tooOld =
    wanted.maxAge !== undefined && session.authenticatedAt + wanted.maxAge * SECOND < services.clock();
  if (!tooOld && !wanted.prompt.has('login') && !wanted.prompt.has('select_account')) return true;
  const { clientId } = wanted.client.application;
  return signedInSince(services, request.instance, clientId, form.get(loginMark), session);
}

function loginUrl(
  services: Services,
  { instance }: FastifyRequest,
  wanted: AuthorizationRequest,
  path: string,
  form: Form,
): string {
  const query = form.toQuery();
  query.set(loginMark, sealLoginMark(services, instance, wanted.client.application.clientId));
  return `/login?${new URLSearchParams({ return_to: `${path}?${query}` })}`;
}

function ask(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  wanted: AuthorizationRequest,
  session: Session,
  form: Form,
  authorizeUrl: string,
): FastifyReply {
  const { instance } = request;
  const described = [...instance.scopes, { name: offlineAccess, description: '' }];
  const locale = chooseLocale({
    uiLocales: form.get('ui_locales'),
    user: session.user,
    acceptLanguage: request.headers['accept-language'],
  });
  const page = consentPage({
    locale,
    instance,
    application: wanted.client.application,
    scopes: described.filter((scope) => wanted.scopes.includes(scope.name)),
    redirectUri: wanted.redirectUri,
    user: session.user,
    request: sealConsentRequest(services, instance, wanted, session),
    action: '/consent',
    authorizeUrl,
  });
  // Browsers hold every redirect after a form to `form-action`, those of the client's own callback too.
  return sendPage(reply, page, { formAction: null, referrerPolicy: 'no-referrer' });
}
