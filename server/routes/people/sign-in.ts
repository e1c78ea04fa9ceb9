import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { signIn } from '../../accounts/sign-in/by-password.ts';
import { maxEmailLength } from '../../base/text.ts';
import { SECOND } from '../../base/units.ts';
import { currentSession, signInPlace } from '../../http/cookies.ts';
import { letIn } from '../../http/let-in.ts';
import { readPageForm } from '../../http/page-form.ts';
import { queryOf } from '../../http/query.ts';
import { goTo } from '../../http/reply.ts';
import { sendPage } from '../../http/respond.ts';
import { safeReturnTo, waitingRequest } from '../../http/return-to.ts';
import { leadsStraightTo, providerUrl, waysIn } from '../../http/ways-in.ts';
import { isEmail } from '../../model/email.ts';
import { providerOfEmail } from '../../model/identity-provider.ts';
import type { Instance } from '../../model/instance.ts';
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
    const wantsPassword = query.has('password');
    const leadsOn = !wantsPassword && !query.has('choose');
    return showForm(services, request, reply, { returnTo, email, uiLocales, wantsPassword, leadsOn });
  });

  app.post('/login', async (request, reply) => {
    const form = readPageForm(services, request, null);
    const { instance } = request;
    const email = form.get('email') ?? '';
    const returnTo = safeReturnTo(form.get('return_to'), instance);
    if (form.get('password') === undefined && (await hasProviders(services, instance)))
      return leadByEmail(services, request, reply, { returnTo, email, uiLocales: form.get('ui_locales') });
    const waiting = waitingRequest(services, returnTo, instance);
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
    const shown = { returnTo, email, uiLocales: form.get('ui_locales'), wantsPassword: true };
    if (result.outcome === 'refused') return showForm(services, request, reply, shown, { kind: 'refused' });
    const { retryAfter } = result;
    reply.header('Retry-After', String(retryAfter));
    const until = services.clock() + retryAfter * SECOND;
    return showForm(services, request, reply, shown, { kind: 'locked', until, retryAfter });
  });
}

async function hasProviders(services: Services, { id }: Instance): Promise<boolean> {
  return (await services.identityProviders.listEnabled(id)).length > 0;
}

/** Leads somebody on by their address alone: to the provider that has its domain, or to the form with the password. */
async function leadByEmail(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  given: { returnTo: string; email: string; uiLocales: string | undefined },
): Promise<FastifyReply> {
  const { instance } = request;
  const email = given.email.trim();
  const enabled = await services.identityProviders.listEnabled(instance.id);
  const provider = isEmail(email) ? providerOfEmail(email, enabled) : undefined;
  if (provider) return goTo(reply, providerUrl(provider, { ...given, loginHint: email }));
  if (instance.signIn.password === 'nobody')
    return showForm(services, request, reply, given, { kind: 'no_provider' });
  return showForm(services, request, reply, { ...given, wantsPassword: true });
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
    uiLocales ?? waitingRequest(services, returnTo, instance)?.parameters.values.ui_locales,
    null,
  );
  return sendPage(reply, noCookiesPage({ locale, instance, returnTo }), { status: 400 });
}

const statuses: Readonly<Record<SignInProblem['kind'], number>> = {
  refused: 401,
  locked: 429,
  no_provider: 422,
};

/** An address that somebody is expected to sign in with; undefined for what is none. */
function hintedEmail(hint: string | undefined): string | undefined {
  return hint !== undefined && isEmail(hint) ? hint : undefined;
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
  shown: {
    returnTo: string;
    email: string | undefined;
    uiLocales: string | undefined;
    /** Whether they have chosen to give a password. */
    wantsPassword?: boolean;
    /** Whether they need not see the page where there is one way on from it. */
    leadsOn?: boolean;
  },
  problem?: SignInProblem,
): Promise<FastifyReply> {
  const { instance } = request;
  const { returnTo, wantsPassword = false } = shown;
  const asked = waitingRequest(services, shown.returnTo, instance);
  const session = await currentSession(services, request);
  const waiting = asked && (await findWaiting(services, instance, asked.profile, asked.parameters, session));
  const { login_hint: loginHint, ui_locales: uiLocales } = asked?.parameters.values ?? {};
  // Who has to sign in again would come back here by going on as who they are.
  const because = waiting?.because;
  const hint =
    shown.email ?? loginHint ?? (because && because !== 'other_user' ? session?.user.email : undefined);
  const locales = shown.uiLocales?.slice(0, 100);
  const enabled = await services.identityProviders.listEnabled(instance.id);
  const straight = shown.leadsOn && leadsStraightTo(instance, enabled, hintedEmail(shown.email ?? loginHint));
  if (straight) {
    const url = providerUrl(straight, { returnTo, uiLocales: locales, loginHint: hintedEmail(hint) });
    // Who is signed in already has come to be somebody else.
    return goTo(reply, session && !because ? `${url}&prompt=select_account` : url);
  }
  const page = signInPage({
    locale: localeOf(request, shown.uiLocales ?? uiLocales, session?.user ?? null),
    instance,
    returnTo,
    email: hint !== undefined && (problem || isEmail(hint)) ? hint.slice(0, 2 * maxEmailLength) : undefined,
    uiLocales: locales,
    application: waiting?.client.application,
    user: problem || because ? null : (session?.user ?? null),
    ...(because && { because }),
    ...(problem && { problem }),
    ways: waysIn(instance, enabled, { returnTo, uiLocales: locales }, wantsPassword),
  });
  const status = problem === undefined ? 200 : statuses[problem.kind];
  // Chrome applies form-action to the redirects after a form, and these may lead on to any client.
  return sendPage(reply, page, { status, formAction: null });
}
