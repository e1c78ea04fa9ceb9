import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { beginTrip } from '../../accounts/providers/protocols.ts';
import { type Asked, type LoginRequest, ProviderProblem } from '../../accounts/providers/vouched.ts';
import { parseId } from '../../base/ids.ts';
import { randomToken } from '../../base/master-secret.ts';
import { MINUTE, SECOND } from '../../base/units.ts';
import { currentSession } from '../../http/cookies.ts';
import { setLoginRequest } from '../../http/login-cookie.ts';
import { PageError } from '../../http/page-error.ts';
import { queryOf } from '../../http/query.ts';
import { safeReturnTo, type WaitingRequest, waitingRequest } from '../../http/return-to.ts';
import type { IdentityProvider } from '../../model/identity-provider.ts';
import { findWaiting, type Waiting } from '../../oauth/authorize/waiting.ts';
import type { Services } from '../../services.ts';
import { answerProblem } from './provider-problems.ts';

/** GET /login/with/:provider_id: sends the browser to an identity provider. */
export function registerProviderTrip(app: FastifyInstance, services: Services): void {
  // No HEAD: it would begin a trip that nobody goes on.
  app.get('/login/with/:provider_id', { exposeHeadRoute: false }, async (request, reply) => {
    const { provider_id: id } = request.params as { provider_id: string };
    const query = queryOf(request);
    const purpose = query.get('test') === '1' ? 'test' : 'sign_in';
    const provider = await findProvider(services, request, id, purpose);
    const returnTo = safeReturnTo(query.get('return_to') ?? undefined, request.instance);
    const asked = await whatToAsk(services, request, returnTo, query);
    return sendToProvider(services, request, reply, provider, { purpose, asked, returnTo });
  });
}

/** Sends the browser to a provider, with the cookie that it comes back with. */
export async function sendToProvider(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  provider: IdentityProvider,
  wanted: Omit<LoginRequest, 'id' | 'providerId' | 'startedAt'>,
): Promise<FastifyReply> {
  const { asked, ...rest } = wanted;
  const trip = { ...rest, id: randomToken(), providerId: provider.id, startedAt: services.clock() };
  const loginRequest = { ...trip, asked };
  try {
    const url = await beginTrip(services, request.instance, provider, loginRequest);
    const { prompt, maxAge } = asked;
    // The rest has served: the cookie keeps what the answer is held to.
    if (!setLoginRequest(services, request, reply, { ...trip, asked: { prompt, maxAge } }))
      throw new PageError(414, 'too_large');
    return reply
      .header('Cache-Control', 'no-store')
      .header('Referrer-Policy', 'no-referrer')
      .redirect(url, 303);
  } catch (error) {
    if (!(error instanceof ProviderProblem)) throw error;
    return answerProblem(services, request, reply, { provider, loginRequest, error });
  }
}

/**
 * The provider of a path. One that is switched off can be tried by administrators.
 * @throws PageError
 */
async function findProvider(
  services: Services,
  request: FastifyRequest,
  text: string,
  purpose: LoginRequest['purpose'],
): Promise<IdentityProvider> {
  const id = parseId(text);
  const provider = id && (await services.identityProviders.find(request.instance.id, id));
  if (!provider || (!provider.enabled && purpose !== 'test')) throw new PageError(404, 'not_found');
  if (purpose === 'test' && (await currentSession(services, request))?.user.role !== 'administrator')
    throw new PageError(403, 'not_administrator');
  return provider;
}

/** An administrator who has to give power away must have shown who they are so lately; see `model/recent-authentication.ts`. */
const recent = (15 * MINUTE) / SECOND;

/** What the provider is asked for: what the authorization request asks that waits, and what whoever leads there adds. */
async function whatToAsk(
  services: Services,
  request: FastifyRequest,
  returnTo: string,
  query: URLSearchParams,
): Promise<Asked> {
  const { instance } = request;
  const asks = waitingRequest(services, returnTo, instance);
  const session = await currentSession(services, request);
  const waiting = asks && (await findWaiting(services, instance, asks.profile, asks.parameters, session));
  const values = asks?.parameters.values ?? {};
  const application = waiting?.client.application;
  return {
    prompt: promptOf(query.get('prompt') ?? undefined, asks),
    maxAge: maxAgeOf(values.max_age, waiting),
    loginHint: (query.get('login_hint') ?? values.login_hint)?.slice(0, 254),
    uiLocales: (query.get('ui_locales') ?? values.ui_locales)?.slice(0, 100),
    client: application && { id: application.clientId, name: application.name },
  };
}

/** Whoever sits at the browser may want more than the client, and never less: a new sign-in that it asks for is asked for. */
function promptOf(wanted: string | undefined, asks: WaitingRequest | undefined): Asked['prompt'] {
  const prompts = asks?.parameters.values.prompt?.split(' ') ?? [];
  if (wanted === 'login' || prompts.includes('login')) return 'login';
  if (wanted === 'select_account') return wanted;
  return (['none', 'login', 'select_account'] as const).find((prompt) => prompts.includes(prompt));
}

function maxAgeOf(text: string | undefined, waiting: Waiting | undefined): number | undefined {
  const asked = text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  return waiting?.because === 'recent_password' ? Math.min(asked ?? recent, recent) : asked;
}
