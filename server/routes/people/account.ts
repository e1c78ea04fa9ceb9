import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { listOwnIdentities, requireProof, unlinkOwnIdentity } from '../../accounts/own-identities.ts';
import { endOtherSessions, endOwnSession, listOwnSessions, type Session } from '../../accounts/sessions.ts';
import { changeOwnPassword } from '../../accounts/sign-in/own-password.ts';
import { updateUser } from '../../accounts/users.ts';
import { forgetConsent } from '../../authorizations/consents.ts';
import { endAuthorization } from '../../authorizations/end.ts';
import { type Id, parseId } from '../../base/ids.ts';
import { Refusal } from '../../base/refusal.ts';
import { currentSession, setSessionCookie } from '../../http/cookies.ts';
import { PageError } from '../../http/page-error.ts';
import { formToken, readPageForm } from '../../http/page-form.ts';
import { localeOf } from '../../http/page-locale.ts';
import { queryOf } from '../../http/query.ts';
import { sendPage } from '../../http/respond.ts';
import { type Act, actOfSession } from '../../model/act.ts';
import { mayUsePassword } from '../../model/identity-provider.ts';
import type { Locale } from '../../model/user.ts';
import type { Form } from '../../oauth/parameters.ts';
import {
  accountPage,
  type ConnectedApplication,
  type Notice,
  notices,
  type RememberedConsent,
} from '../../pages/account.ts';
import type { Services } from '../../services.ts';
import { findApplication } from '../../store/applications.ts';
import { listNewestAuthorizationsOfUser } from '../../store/authorizations.ts';
import { listConsentsOfUser } from '../../store/consents.ts';
import { sendToProvider } from './provider-trip.ts';

type Problem = NonNullable<Parameters<typeof accountPage>[0]['problem']>;

const account = '/account';

type OnPost = (path: string, work: (action: Action) => Promise<Notice | FastifyReply>) => void;

/** GET /account and the forms on it, and GET /, which leads there or to the console. */
export function registerAccount(app: FastifyInstance, services: Services): void {
  app.get('/', async (request, reply) => {
    const session = await currentSession(services, request);
    const place = session?.user.role === 'administrator' ? '/console' : account;
    return reply.header('Cache-Control', 'no-store').redirect(place, 303);
  });

  app.get('/account', async (request, reply) => {
    const session = await currentSession(services, request);
    if (!session) return reply.redirect(`/login?return_to=${account}`, 303);
    const asked = queryOf(request).get('notice');
    const notice = notices.find((known) => known === asked);
    return sendPage(reply, await render(services, request, session, { notice }));
  });

  /** A form of the account page: does what it asks and returns to the page, which then says so. */
  const onPost: OnPost = (path, work) =>
    app.post<{ Params: { id?: string } }>(path, async (request, reply) => {
      const session = await currentSession(services, request);
      // Not straight to the sign-in page: whoever sent this must be told that it was in vain.
      if (!session) throw new PageError(403, 'form_expired');
      const form = readPageForm(services, request, session);
      const id = parseId(request.params.id);
      if (request.params.id !== undefined && !id) throw new PageError(404, 'not_found');
      const act = actOfSession(request.instance, session, request.ip);
      const done = await work({ request, reply, session, act, form, id: id as Id });
      if (typeof done !== 'string') return done;
      return reply.header('Cache-Control', 'no-store').redirect(`${account}?notice=${done}`, 303);
    });

  onPost('/account/authorizations/:id/revoke', async ({ act, session, id }) => {
    // One that had ended before is what was asked for, too.
    await endAuthorization(services, act, id, { userId: session.user.id });
    return 'authorization_ended';
  });

  onPost('/account/consents/:id/forget', async ({ act, session, id }) => {
    await forgetConsent(services, act, session.user.id, id);
    return 'consent_forgotten';
  });

  onPost('/account/sessions/end-others', async ({ act, session }) => {
    await endOtherSessions(services, act, session);
    return 'other_sessions_ended';
  });

  onPost('/account/sessions/:id/end', async ({ act, session, id }) => {
    await endOwnSession(services, act, session.user.id, id);
    return 'session_ended';
  });

  registerOwnIdentities(services, onPost);

  onPost('/account/password', async ({ request, reply, session, act, form }) => {
    try {
      const { sessionToken } = await changeOwnPassword(services, act, session.user, {
        current: form.get('current_password') ?? '',
        next: form.get('new_password') ?? '',
      });
      if (sessionToken) setSessionCookie(reply, request.instance, session.user, sessionToken);
      return 'password_changed';
    } catch (error) {
      return sendProblem(services, { request, reply, session }, 'password', error);
    }
  });

  onPost('/account/profile', async ({ request, reply, session, act, form }) => {
    const name = form.get('name') ?? '';
    const locale = (form.get('locale') ?? null) as Locale | null;
    try {
      await updateUser(services, act, session.user.id, { name, locale });
      return 'profile_saved';
    } catch (error) {
      return sendProblem(services, { request, reply, session }, 'profile', error, name);
    }
  });
}

/** Forms that say how one signs in. */
function registerOwnIdentities(services: Services, onPost: OnPost): void {
  onPost('/account/identities/:id/link', async ({ request, reply, session, id }) => {
    const enabled = await services.identityProviders.listEnabled(request.instance.id);
    const provider = enabled.find((each) => each.id === id);
    if (!provider) throw new PageError(404, 'not_found');
    try {
      requireProof({ now: services.clock(), authenticatedAt: session.authenticatedAt }, session);
    } catch (error) {
      return sendIdentityProblem(services, { request, reply, session }, error);
    }
    const wanted = { purpose: 'link', userId: session.user.id, returnTo: account } as const;
    const uiLocales = await localeOf(services, request);
    return sendToProvider(services, request, reply, provider, { ...wanted, asked: { uiLocales } });
  });

  onPost('/account/identities/:id/unlink', async ({ request, reply, session, act, id }) => {
    const enabled = await services.identityProviders.listEnabled(request.instance.id);
    try {
      const result = await unlinkOwnIdentity(services, act, session, id, enabled);
      if (result === 'unlinked') return 'identity_unlinked';
      const page = await render(services, request, session, { identityProblem: result });
      return sendPage(reply, page, { status: 409 });
    } catch (error) {
      return sendIdentityProblem(services, { request, reply, session }, error);
    }
  });
}

async function sendIdentityProblem(
  services: Services,
  { request, reply, session }: Pick<Action, 'request' | 'reply' | 'session'>,
  error: unknown,
): Promise<FastifyReply> {
  if (!(error instanceof Refusal)) throw error;
  if (error.code === 'identity_not_found') throw new PageError(404, 'not_found');
  if (error.code !== 'reauthentication_required' && error.code !== 'wrong_password') throw error;
  const identityProblem = error.code === 'wrong_password' ? 'password_needed' : 'too_long_ago';
  const page = await render(services, request, session, { identityProblem });
  return sendPage(reply, page, { status: 403 });
}

interface Action {
  request: FastifyRequest;
  reply: FastifyReply;
  session: Session;
  act: Act;
  form: Form;
  /** The ID in the path, where the path has one. */
  id: Id;
}

/** The page again, with what was wrong beside the field. */
async function sendProblem(
  services: Services,
  { request, reply, session }: Pick<Action, 'request' | 'reply' | 'session'>,
  form: Problem['form'],
  error: unknown,
  name?: string,
): Promise<FastifyReply> {
  if (!(error instanceof Refusal) || error.status === 401) throw error;
  if (error.retryAfter !== undefined) reply.header('Retry-After', String(error.retryAfter));
  const page = await render(services, request, session, { problem: { form, error, name } });
  return sendPage(reply, page, { status: error.status });
}

async function render(
  services: Services,
  request: FastifyRequest,
  session: Session,
  shown: {
    notice?: Notice | undefined;
    problem?: Problem;
    identityProblem?: 'too_long_ago' | 'only_way_in' | 'password_needed';
  },
): Promise<string> {
  const { instance } = request;
  const { user } = session;
  const providers = await services.identityProviders.list(instance.id);
  const [connected, sessions, identities] = await Promise.all([
    listConnected(services, session),
    listOwnSessions(services, user),
    listOwnIdentities(services, user, providers),
  ]);
  const linked = new Set(identities.map(({ provider }) => provider.id));
  return accountPage({
    locale: await localeOf(services, request),
    instance,
    session,
    formToken: formToken(services, session),
    ...connected,
    sessions,
    identities,
    linkable: providers.filter(({ id, enabled }) => enabled && !linked.has(id)),
    usesPassword: user.hasPassword && mayUsePassword(instance.signIn, user.role),
    ...shown,
  });
}

const shownAtMost = 500;

/** The user's applications: those with a live authorization, and those with a remembered yes alone. */
async function listConnected(
  services: Services,
  { user }: Session,
): Promise<{ connected: ConnectedApplication[]; newestOnly: number | null; consents: RememberedConsent[] }> {
  const { db } = services;
  const newest = await listNewestAuthorizationsOfUser(
    db,
    user.instanceId,
    user.id,
    shownAtMost + 1,
    services.clock(),
  );
  const authorizations = newest.slice(0, shownAtMost);
  const byApplication = Map.groupBy(authorizations, (authorization) => authorization.application.id);
  const connected = await Promise.all(
    [...byApplication].map(async ([id, own]) => {
      const application = await findApplication(db, user.instanceId, id);
      return application && { application, authorizations: own };
    }),
  );
  const consents = await Promise.all(
    (await listConsentsOfUser(db, user.instanceId, user.id))
      .filter(({ applicationId }) => !byApplication.has(applicationId))
      .map(async ({ applicationId, scopes, createdAt }) => {
        const application = await findApplication(db, user.instanceId, applicationId);
        return application && { application, scopes, createdAt };
      }),
  );
  return {
    connected: connected.filter((item) => item !== undefined),
    newestOnly: newest.length > shownAtMost ? shownAtMost : null,
    consents: consents.filter((item) => item !== undefined),
  };
}
