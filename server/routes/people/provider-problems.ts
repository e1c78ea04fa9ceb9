import type { FastifyReply, FastifyRequest } from 'fastify';
import type { LoginRequest, ProviderProblem } from '../../accounts/providers/vouched.ts';
import { localeOf } from '../../http/page-locale.ts';
import { goTo } from '../../http/reply.ts';
import { sendPage } from '../../http/respond.ts';
import { home, waitingRequest, withProviderAsked } from '../../http/return-to.ts';
import { providerUrl } from '../../http/ways-in.ts';
import { type IdentityProvider, onlyWayIn } from '../../model/identity-provider.ts';
import type { Instance } from '../../model/instance.ts';
import { type ProviderPageProblem, providerProblemPage } from '../../pages/provider-problem.ts';
import { providerTestPage } from '../../pages/provider-test.ts';
import type { Services } from '../../services.ts';
import { noteProviderError } from '../../store/identity-providers.ts';

const statuses: Readonly<Record<ProviderPageProblem, number>> = {
  unreachable: 502,
  misconfigured: 502,
  bad_answer: 400,
  over: 400,
  denied: 403,
  login_required: 403,
  not_fresh: 403,
  no_account: 403,
  no_email: 403,
  taken: 403,
  deactivated: 403,
};

/** What an administrator learns of, since nobody else can mend it. */
const faults: readonly string[] = ['unreachable', 'bad_answer', 'misconfigured', 'not_fresh'];

/** Answers a trip from which nobody came back: a page, or the client that wanted none to be shown. The administrator sees why. */
export async function answerProblem(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  trip: {
    readonly provider: IdentityProvider;
    readonly loginRequest: LoginRequest | null;
    readonly error: ProviderProblem;
  },
): Promise<FastifyReply> {
  const { provider, loginRequest, error } = trip;
  const { id, instanceId } = provider;
  if (faults.includes(error.kind)) {
    services.log.warn(
      { provider: id, kind: error.kind, reason: error.message },
      'sign-in by a provider failed',
    );
    await noteProviderError(services.db, { id, instanceId }, error.message, services.clock());
  }
  if (loginRequest?.purpose === 'test') {
    const locale = await localeOf(services, request);
    const again = `/login/with/${id}?test=1`;
    const page = { locale, instance: request.instance, provider, trial: { problem: error }, again };
    return sendPage(reply, providerTestPage(page));
  }
  const returnTo = loginRequest?.returnTo ?? home;
  const silent = backToClient(services, request.instance, loginRequest);
  if (silent !== undefined) return goTo(reply, silent);
  return answerWithPage(services, request, reply, provider, error.kind, returnTo);
}

/** Where a trip goes on whose client wanted no page to be shown: to its request, which tells it that one is needed. Undefined for other trips. */
export function backToClient(
  services: Services,
  instance: Instance,
  loginRequest: LoginRequest | null,
): string | undefined {
  if (loginRequest?.asked.prompt !== 'none') return undefined;
  const { returnTo } = loginRequest;
  return waitingRequest(services, returnTo, instance) && withProviderAsked(returnTo);
}

/** The page of a problem, with the ways on from it. */
export async function answerWithPage(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  provider: IdentityProvider,
  problem: ProviderPageProblem,
  returnTo: string,
): Promise<FastifyReply> {
  const { instance } = request;
  const enabled = await services.identityProviders.listEnabled(instance.id);
  const hasOtherWay = !onlyWayIn(instance.signIn, enabled) || enabled.length > 1;
  const page = providerProblemPage({
    locale: await localeOf(services, request),
    instance,
    provider,
    problem,
    again: providerUrl(provider, { returnTo }),
    otherWay: hasOtherWay ? `/login?${new URLSearchParams({ return_to: returnTo, choose: '1' })}` : undefined,
  });
  return sendPage(reply, page, { status: statuses[problem] });
}
