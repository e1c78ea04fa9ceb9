import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Session } from '../../../accounts/sessions.ts';
import {
  insufficientScope,
  invalidToken,
  notAdministrator,
  notSignedIn,
} from '../../../authorizations/act.ts';
import { isOfApplication } from '../../../authorizations/liveness.ts';
import { bearerToken } from '../../../http/bearer.ts';
import { currentSession } from '../../../http/cookies.ts';
import { isSameOrigin } from '../../../http/same-origin.ts';
import { type Act, actOfSession, actOfToken } from '../../../model/act.ts';
import { adminScope } from '../../../model/scopes.ts';
import type { User } from '../../../model/user.ts';
import { audiencesOf, verifyAccessToken } from '../../../oauth/tokens/access-token.ts';
import type { Services } from '../../../services.ts';
import { findUserBySubject } from '../../../store/users.ts';
import { Problem } from './problem.ts';

/** Who asks. */
export interface Caller {
  readonly user: User;
  /** What they ask for is done by this. */
  readonly act: Act;
  /** The browser session; null for an access token. */
  readonly session: Session | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every route of the API that needs a sign-in. */
    caller: Caller;
  }
}

type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** Lets administrators in. A bearer token counts where there is one, and the cookie is not looked at then. */
export function administratorsOnly(services: Services): Hook {
  return async (request) => {
    const caller = await authenticate(services, request);
    if (caller.user.role !== 'administrator') throw notAdministrator();
    request.caller = caller;
  };
}

/** Lets everybody in who is signed in. */
export function signedInOnly(services: Services): Hook {
  return async (request) => {
    request.caller = await authenticate(services, request);
  };
}

async function authenticate(services: Services, request: FastifyRequest): Promise<Caller> {
  const token = bearerToken(request);
  return token === undefined ? bySession(services, request) : byAccessToken(services, request, token);
}

async function bySession(services: Services, request: FastifyRequest): Promise<Caller> {
  const session = await currentSession(services, request);
  if (!session) throw notSignedIn();
  const isSafe = request.method === 'GET' || request.method === 'HEAD';
  if (!isSafe && isSameOrigin(request, request.instance) !== 'same')
    throw new Problem(
      'cross_origin',
      'A request that changes something with the session cookie must come from the same origin (Sec-Fetch-Site or Origin).',
    );
  return { user: session.user, act: actOfSession(request.instance, session, request.ip), session };
}

async function byAccessToken(services: Services, request: FastifyRequest, token: string): Promise<Caller> {
  const { instance, ip } = request;
  const good = await verifyAccessToken(services, instance, token);
  const client = good && (await services.clients.find(instance.id, good.claims.client_id));
  if (!good || !client || !audiencesOf(good.claims).includes(instance.url)) throw invalidToken();
  const { claims, scopes } = good;
  const user = isOfApplication(claims)
    ? undefined
    : await findUserBySubject(services.db, instance.id, claims.sub);
  const isAdministrator = user?.active && user.role === 'administrator';
  if (!isAdministrator && claims.scope.split(' ').includes(adminScope)) throw notAdministrator();
  if (!isAdministrator || !scopes.includes(adminScope)) throw insufficientScope();
  const act = actOfToken(instance, user.id, { applicationId: client.application.id, claims }, ip);
  return { user, act, session: null };
}
