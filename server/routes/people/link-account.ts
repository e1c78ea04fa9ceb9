import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Person } from '../../accounts/providers/person.ts';
import { ProviderProblem, type VouchedPerson } from '../../accounts/providers/vouched.ts';
import { NobodyAdmitted } from '../../accounts/provisioning.ts';
import { signIn } from '../../accounts/sign-in/by-password.ts';
import type { CheckedArrival } from '../../accounts/sign-in/by-provider.ts';
import { fromBase64url } from '../../base/base64url.ts';
import type { Id } from '../../base/ids.ts';
import { type Instant, MINUTE, SECOND } from '../../base/units.ts';
import { setSignInCookies, signInPlace } from '../../http/cookies.ts';
import { PageError } from '../../http/page-error.ts';
import { readPageForm } from '../../http/page-form.ts';
import { localeOf } from '../../http/page-locale.ts';
import { goTo } from '../../http/reply.ts';
import { sendPage } from '../../http/respond.ts';
import { home, waitingRequest } from '../../http/return-to.ts';
import type { User } from '../../model/user.ts';
import { digestOf } from '../../oauth/authorize/parameters.ts';
import { linkAccountPage } from '../../pages/link-account.ts';
import type { Services } from '../../services.ts';
import { UniqueViolation } from '../../store/engine/database.ts';
import { answerProblem, answerWithPage } from './provider-problems.ts';

/** How long the question may wait for its answer. */
const questionLifetime = 10 * MINUTE;

/** What the page carries to its answer, sealed: who came by which provider, and whose password they have to give. */
interface Question {
  readonly providerId: Id;
  /** The state of the provider by which the person was read: what it may say since then may be less. */
  readonly providerUpdatedAt: Instant;
  readonly email: string;
  readonly person: Person;
  readonly authenticatedAt: VouchedPerson['authenticatedAt'];
  readonly methods: VouchedPerson['methods'];
  readonly returnTo: string;
  readonly expiresAt: Instant;
}

/** Asks somebody whom a provider vouches for to show that an account here is theirs, by its password. */
export async function askForPassword(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  arrival: CheckedArrival,
  user: User,
): Promise<FastifyReply> {
  const { instance, provider, person, vouched } = arrival;
  const question: Question = {
    providerId: provider.id,
    providerUpdatedAt: provider.updatedAt,
    email: user.email,
    person,
    authenticatedAt: vouched.authenticatedAt,
    methods: vouched.methods,
    returnTo: arrival.request?.returnTo ?? home,
    expiresAt: services.clock() + questionLifetime,
  };
  const link = services.secret.seal('link-form', JSON.stringify(question), instance.id).toString('base64url');
  const locale = await localeOf(services, request);
  const page = linkAccountPage({ locale, instance, provider, email: user.email, link });
  // Chrome applies form-action to the redirects after a form, and these may lead on to any client.
  return sendPage(reply, page, { formAction: null });
}

/** POST /login/link: the answer to that question. */
export function registerLinkAccount(app: FastifyInstance, services: Services): void {
  app.post('/login/link', async (request, reply) => {
    const form = readPageForm(services, request, 'field');
    const { instance } = request;
    const link = form.get('link') ?? '';
    const question = readQuestion(services, instance.id, link);
    const provider = question && (await services.identityProviders.find(instance.id, question.providerId));
    if (!question || !provider?.enabled) throw new PageError(403, 'form_expired');
    const { email, person, returnTo, authenticatedAt, methods } = question;
    const over = () => answerWithPage(services, request, reply, provider, 'over', returnTo);
    const isStale = question.providerUpdatedAt !== provider.updatedAt;
    if (isStale || question.expiresAt <= services.clock()) return over();

    const waiting = waitingRequest(services, returnTo, instance);
    const signedInFor = waiting && digestOf(waiting.profile, waiting.parameters);
    const result = await signIn(services, {
      instance,
      email,
      password: form.get('password') ?? '',
      place: { ...signInPlace(request), signedInFor },
      links: { provider, person, vouched: { authenticatedAt, methods } },
    }).catch((error: unknown) => {
      // Somebody else has been linked with this account meanwhile, or the provider changed.
      if (error instanceof UniqueViolation || error instanceof NobodyAdmitted) return undefined;
      if (error instanceof ProviderProblem) return error;
      throw error;
    });
    if (!result) return over();
    if (result instanceof ProviderProblem)
      return answerProblem(services, request, reply, { provider, loginRequest: null, error: result });
    if (result.outcome === 'signed-in') {
      services.lastUsed.note('identity_providers', instance.id, provider.id, services.clock());
      setSignInCookies(reply, instance, result);
      return goTo(reply, returnTo);
    }
    const locale = await localeOf(services, request);
    const shown = { locale, instance, provider, email, link };
    if (result.outcome === 'refused') {
      const page = linkAccountPage({ ...shown, problem: { kind: 'refused' } });
      return sendPage(reply, page, { status: 401, formAction: null });
    }
    const { retryAfter } = result;
    reply.header('Retry-After', String(retryAfter));
    const until = services.clock() + retryAfter * SECOND;
    const page = linkAccountPage({ ...shown, problem: { kind: 'locked', until, retryAfter } });
    return sendPage(reply, page, { status: 429, formAction: null });
  });
}

function readQuestion({ secret }: Services, instanceId: Id, text: string): Question | undefined {
  const sealed = fromBase64url(text);
  const opened = sealed && secret.open('link-form', sealed, instanceId);
  return opened && (JSON.parse(opened.plain.toString()) as Question);
}
