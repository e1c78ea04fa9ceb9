import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { linkOwnIdentity } from '../../accounts/own-identities.ts';
import { completeTrip } from '../../accounts/providers/protocols.ts';
import { type LoginRequest, ProviderProblem, type VouchedPerson } from '../../accounts/providers/vouched.ts';
import {
  type CheckedArrival,
  checkArrival,
  foresee,
  signInByProvider,
} from '../../accounts/sign-in/by-provider.ts';
import { parseId } from '../../base/ids.ts';
import { Refusal } from '../../base/refusal.ts';
import { currentSession, setSignInCookies, signInPlace } from '../../http/cookies.ts';
import { clearLoginRequest, findTripTo, readLoginRequest } from '../../http/login-cookie.ts';
import { PageError } from '../../http/page-error.ts';
import { localeOf } from '../../http/page-locale.ts';
import { goTo } from '../../http/reply.ts';
import { sendPage } from '../../http/respond.ts';
import { home, waitingRequest, withProviderAsked } from '../../http/return-to.ts';
import { providerUrl } from '../../http/ways-in.ts';
import { actOfSession } from '../../model/act.ts';
import type { IdentityProvider, ProviderType } from '../../model/identity-provider.ts';
import { digestOf } from '../../oauth/authorize/parameters.ts';
import { Form } from '../../oauth/parameters.ts';
import { arrivingPage } from '../../pages/arriving.ts';
import { type ProviderTrial, providerTestPage } from '../../pages/provider-test.ts';
import type { Services } from '../../services.ts';
import { UniqueViolation } from '../../store/engine/database.ts';
import { askForPassword } from './link-account.ts';
import { answerProblem, answerWithPage, backToClient } from './provider-problems.ts';

/** Marks a form that a page of ours has posted again, with our cookies. */
const postedAgain = 'posted_again';
/** A SAML response with a few hundred groups in it. */
const bodyLimit = 512 * 1024;

/** Where identity providers send people back to, by the type of the provider. */
export function registerProviderAnswers(app: FastifyInstance, services: Services): void {
  const answers = (type: ProviderType) => async (request: FastifyRequest, reply: FastifyReply) =>
    answer(services, request, reply, type);
  const options = { exposeHeadRoute: false, bodyLimit };
  app.get('/login/callback/:provider_id', options, answers('oidc'));
  app.post('/login/callback/:provider_id', options, answers('oidc'));
  app.get('/login/handover/:provider_id', options, answers('handover'));
  app.post('/login/handover/:provider_id', options, answers('handover'));
  app.post('/login/saml/:provider_id/acs', options, answers('saml'));
}

async function answer(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  type: ProviderType,
): Promise<FastifyReply> {
  const { provider_id: text } = request.params as { provider_id: string };
  const id = parseId(text);
  const provider = id && (await services.identityProviders.find(request.instance.id, id));
  if (provider?.type !== type) throw new PageError(404, 'not_found');
  const form = formOf(request);
  const loginRequest = findLoginRequest(services, request, provider, form) ?? null;
  if (!loginRequest && request.method === 'POST' && form.get(postedAgain) === undefined)
    return postAgain(services, request, reply, provider, form);
  const isUnasked = !loginRequest && provider.type === 'saml' && provider.settings.allow_unsolicited;
  if (!loginRequest && !isUnasked) return answerWithPage(services, request, reply, provider, 'over', home);
  if (!provider.enabled && loginRequest?.purpose !== 'test') throw new PageError(404, 'not_found');
  // Whatever says no without saying to which trip may be of anybody's making: the trip can still end.
  if (loginRequest && namesTrip(provider, form)) clearLoginRequest(request, reply, loginRequest);

  let vouched: VouchedPerson | undefined;
  try {
    vouched = await completeTrip(services, request.instance, provider, loginRequest, form);
    const { instance } = request;
    const arrival = checkArrival({ instance, provider, request: loginRequest, vouched }, services.clock());
    if (loginRequest?.purpose === 'link') return await link(services, request, reply, arrival);
    if (loginRequest?.purpose !== 'test') return await signIn(services, request, reply, arrival);
    const recognized = await foresee(services, arrival);
    return await showTrial(services, request, reply, provider, {
      vouched,
      person: arrival.person,
      recognized,
    });
  } catch (error) {
    if (!(error instanceof ProviderProblem)) throw error;
    if (loginRequest?.purpose === 'test')
      return showTrial(services, request, reply, provider, { problem: error, vouched });
    return answerProblem(services, request, reply, { provider, loginRequest, error });
  }
}

/** What came, in the query or in a form. @throws PageError */
function formOf(request: FastifyRequest): Form {
  const [, query = ''] = /\?(.*)$/s.exec(request.url) ?? [];
  const form = request.method === 'POST' ? request.body : Form.fromText(query);
  if (!(form instanceof Form)) throw new PageError(form === undefined ? 400 : 415, 'bad_request');
  if (form.repeated() !== undefined) throw new PageError(400, 'repeated_parameter');
  return form;
}

/** The trip that an answer belongs to. A product that says no need not say to which; a hand-over says it in what is signed. */
function findLoginRequest(
  services: Services,
  request: FastifyRequest,
  provider: IdentityProvider,
  form: Form,
): LoginRequest | undefined {
  const id = tripNamed(provider, form);
  const found =
    id === undefined && provider.type === 'handover'
      ? findTripTo(services, request, provider.id)
      : readLoginRequest(services, request, id);
  return found?.providerId === provider.id ? found : undefined;
}

function tripNamed({ type }: IdentityProvider, form: Form): string | undefined {
  const named = { oidc: 'state', saml: 'RelayState', handover: 'login_request' } as const;
  return form.get(named[type]) ?? idInHandOver(form.get('response'));
}

function namesTrip(provider: IdentityProvider, form: Form): boolean {
  return tripNamed(provider, form) !== undefined;
}

/** Which trip a JWT says that it answers. Whether it is to be believed is found out afterwards, with the trip at hand. */
function idInHandOver(jwt: string | undefined): string | undefined {
  try {
    const payload = JSON.parse(Buffer.from(jwt?.split('.')[1] ?? '', 'base64url').toString()) as unknown;
    const id =
      typeof payload === 'object' && payload !== null && 'login_request' in payload && payload.login_request;
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}

/** A form that another site posts comes without our cookies (`SameSite=Lax`); the same one from a page of ours has them. */
async function postAgain(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  provider: IdentityProvider,
  form: Form,
): Promise<FastifyReply> {
  const [path = ''] = request.url.split('?', 1);
  const page = arrivingPage({
    locale: await localeOf(services, request),
    instance: request.instance,
    provider,
    action: path,
    fields: [...form.toQuery(), [postedAgain, '1']],
  });
  // Browsers hold every redirect after a form to `form-action`, those that lead on to a client too.
  return sendPage(reply, page, { formAction: null, referrerPolicy: 'same-origin', scripts: true });
}

async function signIn(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  arrival: CheckedArrival,
): Promise<FastifyReply> {
  const { instance, provider } = arrival;
  const returnTo = arrival.request?.returnTo ?? home;
  const waiting = waitingRequest(services, returnTo, instance);
  const place = {
    ...signInPlace(request),
    signedInFor: waiting && digestOf(waiting.profile, waiting.parameters),
  };
  const result = await signInByProvider(services, arrival, place);
  const silent = backToClient(services, instance, arrival.request);
  if (silent !== undefined && result.outcome !== 'signed-in') return goTo(reply, silent);
  switch (result.outcome) {
    case 'signed-in':
      services.lastUsed.note('identity_providers', instance.id, provider.id, services.clock());
      setSignInCookies(reply, instance, result);
      return goTo(reply, waiting ? withProviderAsked(returnTo) : returnTo);
    case 'to_confirm':
      // Any site can have a browser arrive unasked, as somebody of its own; whoever asks for it comes as who they are there.
      if (!arrival.request) return goTo(reply, providerUrl(provider, { returnTo }));
      return askForPassword(services, request, reply, arrival, result.user);
    case 'not_admitted':
      return answerWithPage(services, request, reply, provider, result.because, returnTo);
    case 'over':
      return answerWithPage(services, request, reply, provider, 'over', returnTo);
  }
}

/** Links the account of whoever is signed in, if they are still the one who wanted it. */
async function link(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  arrival: CheckedArrival,
): Promise<FastifyReply> {
  const { provider } = arrival;
  const session = await currentSession(services, request);
  if (!session || session.user.id !== arrival.request?.userId)
    return answerWithPage(services, request, reply, provider, 'over', '/account');
  const act = actOfSession(request.instance, session, request.ip);
  const result = await linkOwnIdentity(services, act, session, arrival).catch((error: unknown) => {
    if (error instanceof UniqueViolation) return 'taken' as const;
    if (error instanceof Refusal) return 'over' as const;
    throw error;
  });
  if (result !== 'linked') return answerWithPage(services, request, reply, provider, result, '/account');
  return goTo(reply, '/account?notice=identity_linked');
}

/** What came back, for the administrator who tries the provider. @throws PageError when it is somebody else by now */
async function showTrial(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  provider: IdentityProvider,
  trial: ProviderTrial,
): Promise<FastifyReply> {
  if ((await currentSession(services, request))?.user.role !== 'administrator')
    throw new PageError(403, 'not_administrator');
  const page = providerTestPage({
    locale: await localeOf(services, request),
    instance: request.instance,
    provider,
    trial,
    again: `/login/with/${provider.id}?test=1`,
  });
  return sendPage(reply, page, { referrerPolicy: 'no-referrer' });
}
