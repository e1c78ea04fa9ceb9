import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { signIn } from '../../accounts/sign-in/by-password.ts';
import { maxEmailLength } from '../../base/text.ts';
import { SECOND } from '../../base/units.ts';
import { currentSession, signInPlace } from '../../http/cookies.ts';
import { letIn } from '../../http/let-in.ts';
import { readPageForm } from '../../http/page-form.ts';
import { queryOf } from '../../http/query.ts';
import { sendPage } from '../../http/respond.ts';
import { safeReturnTo, waitingRequest } from '../../http/return-to.ts';
import { isEmail } from '../../model/email.ts';
import type { Locale, User } from '../../model/user.ts';
import { digestOf } from '../../oauth/authorize/parameters.ts';
import { findWaiting } from '../../oauth/authorize/waiting.ts';
import { chooseLocale } from '../../pages/locale.ts';
import { noCookiesPage, type SignInProblem, signInPage } from '../../pages/sign-in.ts';
import type { Services } from '../../services.ts';

/** GET and POST /login. */
export function registerSignIn(app: FastifyInstance, services: Services): void {
  app.get('/login', async (request, reply) => {
    const query = queryOf(request);
    const returnTo = safeReturnTo(query.get('return_to') ?? undefined, request.instance);
    const uiLocales = query.get('ui_locales') ?? undefined;
    if (query.has('signed_in')) return leadOn(services, request, reply, { returnTo, uiLocales });
    const email = query.get('login_hint') ?? undefined;
    return showForm(services, request, reply, { returnTo, email, uiLocales });
  });

  app.post('/login', async (request, reply) => {
    const form = readPageForm(services, request, null);
    const { instance } = request;
    const email = form.get('email') ?? '';
    const returnTo = safeReturnTo(form.get('return_to'), instance);
    const waiting = waitingRequest(returnTo, instance);
    const result = await signIn(services, {
      instance,
      email,
      password: form.get('password') ?? '',
      place: {
        ...signInPlace(request),
        signedInFor: waiting && digestOf(waiting.profile, waiting.parameters),
      },
    });
    if (result.outcome === 'signed-in') return letIn(request, reply, result, { form, returnTo });
    const shown = { returnTo, email, uiLocales: form.get('ui_locales') };
    if (result.outcome === 'refused') return showForm(services, request, reply, shown, { kind: 'refused' });
    const { retryAfter } = result;
    reply.header('Retry-After', String(retryAfter));
    const until = services.clock() + retryAfter * SECOND;
    return showForm(services, request, reply, shown, { kind: 'locked', until, retryAfter });
  });
}

/** Where somebody is led who has just signed in: on, where the browser has kept the session's cookie. */
async function leadOn(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  { returnTo, uiLocales }: { returnTo: string; uiLocales: string | undefined },
): Promise<FastifyReply> {
  const { instance } = request;
  if (await currentSession(services, request))
    return reply.header('Cache-Control', 'no-store').redirect(returnTo, 303);
  const locale = localeOf(
    request,
    uiLocales ?? waitingRequest(returnTo, instance)?.parameters.values.ui_locales,
    null,
  );
  return sendPage(reply, noCookiesPage({ locale, instance, returnTo }), { status: 400 });
}

function localeOf(request: FastifyRequest, uiLocales: string | undefined, user: User | null): Locale {
  return chooseLocale({
    uiLocales,
    user,
    acceptLanguage: request.headers['accept-language'],
  });
}

async function showForm(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  shown: { returnTo: string; email: string | undefined; uiLocales: string | undefined },
  problem?: SignInProblem,
): Promise<FastifyReply> {
  const { instance } = request;
  const asked = waitingRequest(shown.returnTo, instance);
  const session = await currentSession(services, request);
  const waiting = asked && (await findWaiting(services, instance, asked.profile, asked.parameters, session));
  const { login_hint: loginHint, ui_locales: uiLocales } = asked?.parameters.values ?? {};
  // Who has to sign in again would come back here by going on as who they are.
  const because = waiting?.because;
  const hint =
    shown.email ?? loginHint ?? (because && because !== 'other_user' ? session?.user.email : undefined);
  const page = signInPage({
    locale: localeOf(request, shown.uiLocales ?? uiLocales, session?.user ?? null),
    instance,
    returnTo: shown.returnTo,
    email: hint !== undefined && (problem || isEmail(hint)) ? hint.slice(0, 2 * maxEmailLength) : undefined,
    uiLocales: shown.uiLocales?.slice(0, 100),
    application: waiting?.client.application,
    user: problem || because ? null : (session?.user ?? null),
    ...(because && { because }),
    ...(problem && { problem }),
  });
  const status = problem === undefined ? 200 : problem.kind === 'refused' ? 401 : 429;
  // Chrome applies form-action to the redirects after a form, and these may lead on to any client.
  return sendPage(reply, page, { status, formAction: null });
}
