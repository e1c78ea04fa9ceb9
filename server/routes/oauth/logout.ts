import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { endSession } from '../../accounts/sessions.ts';
import { clearSessionCookie, currentSession, sessionToken } from '../../http/cookies.ts';
import { PageError } from '../../http/page-error.ts';
import { localeOf } from '../../http/page-locale.ts';
import { goTo } from '../../http/reply.ts';
import { sendPage } from '../../http/respond.ts';
import { isSameOrigin } from '../../http/same-origin.ts';
import type { Application } from '../../model/application.ts';
import {
  endSessionParametersOf,
  endSessionPath,
  endSessionRequestOf,
  endSessionUrl,
  isAnswerable,
  nextEndSessionStep,
  openEndSessionQuestion,
  sealEndSessionQuestion,
} from '../../oauth/end-session.ts';
import { Form } from '../../oauth/parameters.ts';
import { signedOutPage, signOutPage } from '../../pages/sign-out.ts';
import type { Services } from '../../services.ts';

/** Characters of a request's query, as at the authorization endpoint. */
const longestQuery = 8 * 1024;

/**
 * `/oauth2/logout` (OpenID Connect RP-Initiated Logout 1.0), where applications send people to sign out, and `POST /sign-out`, their answer
 * to the question whether they want to. The rules: `oauth/end-session.ts`.
 */
export function registerLogout(app: FastifyInstance, services: Services): void {
  // No HEAD: it would sign somebody out who sees no page.
  app.get(endSessionPath, { exposeHeadRoute: false }, (request, reply) => {
    const [, query = ''] = /\?(.*)$/s.exec(request.url) ?? [];
    return logOut(services, request, reply, Form.fromText(query));
  });

  // A form that another site posts comes without our cookie (SameSite=Lax). The same request by GET has it.
  app.post(endSessionPath, async (request, reply) => {
    if (!(request.body instanceof Form)) throw new PageError(400, 'bad_request');
    checkLength(request, request.body);
    const query = request.body.toQuery();
    return goTo(reply, query.size === 0 ? endSessionPath : `${endSessionPath}?${query}`);
  });

  app.post('/sign-out', async (request, reply) => {
    const { instance, body } = request;
    const from = isSameOrigin(request, instance);
    if (from === 'cross') throw new PageError(403, 'wrong_origin');
    const form = body instanceof Form ? body : undefined;
    const question = openEndSessionQuestion(services, instance, form?.get('request') ?? '');
    // What is sealed shows that it is our form, where the browser does not.
    if (from === 'hidden' && !question) throw new PageError(403, 'wrong_origin');
    if (!form) throw new PageError(400, 'bad_request');
    if (form.repeated() !== undefined) throw new PageError(400, 'repeated_parameter');
    if (!question) throw new PageError(400, 'form_expired');

    const parameters = { values: question.values, isRepeated: false };
    const url = endSessionUrl(parameters);
    const session = await currentSession(services, request);
    // Signed out meanwhile, such as in another tab: what was asked for is done.
    if (!session) return goTo(reply, url);
    if (!isAnswerable(question, session, services.clock()))
      throw new PageError(400, 'form_expired', { beginAgain: url });
    switch (form.get('decision')) {
      case 'sign_out': {
        const { application } = await endSessionRequestOf(services, instance, parameters);
        await signOut(services, request, reply, application);
        // The page, or the application, in the language and with the rules of the request.
        return goTo(reply, url);
      }
      case 'stay':
        return goTo(reply, '/account');
      default:
        throw new PageError(400, 'bad_request');
    }
  });
}

async function logOut(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  form: Form,
): Promise<FastifyReply> {
  const { instance } = request;
  checkLength(request, form);
  const parameters = endSessionParametersOf(form);
  const asked = await endSessionRequestOf(services, instance, parameters);
  const session = await currentSession(services, request);
  const step = nextEndSessionStep(asked, session);
  const locale = await localeOf(services, request);
  const { application } = asked;
  if (session && step === 'ask') {
    const sealed = sealEndSessionQuestion(services, instance, asked, session);
    const url = endSessionUrl(parameters);
    const page = signOutPage({ locale, instance, application, user: session.user, request: sealed, url });
    // Browsers hold every redirect after a form to `form-action`, the one to the application too.
    return sendPage(reply, page, { formAction: null, referrerPolicy: 'no-referrer' });
  }
  if (step === 'sign_out') await signOut(services, request, reply, application);
  if (asked.redirect !== null) return goTo(reply, asked.redirect);
  const page = signedOutPage({ locale, instance, application, url: endSessionUrl(parameters) });
  return sendPage(reply, page, { referrerPolicy: 'no-referrer' });
}

async function signOut(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  application: Pick<Application, 'id'> | null,
): Promise<void> {
  const { instance, ip } = request;
  await endSession(services, instance, sessionToken(request) ?? '', ip, application?.id);
  clearSessionCookie(reply, instance);
}

function checkLength(request: FastifyRequest, form: Form): void {
  if (form.toQuery().toString().length > longestQuery)
    throw new PageError(request.method === 'POST' ? 413 : 414, 'too_large');
}
