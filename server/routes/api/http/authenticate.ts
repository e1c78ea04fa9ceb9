import type { FastifyReply, FastifyRequest } from 'fastify';
import { requireRecentAuthentication } from '../../../accounts/sign-in/recent-authentication.ts';
import { type Id, parseId } from '../../../base/ids.ts';
import type { Instant } from '../../../base/units.ts';
import { currentSession } from '../../../http/cookies.ts';
import { isSameOrigin } from '../../../http/same-origin.ts';
import type { Actor } from '../../../model/event.ts';
import { adminScope } from '../../../model/scopes.ts';
import type { User } from '../../../model/user.ts';
import { verifyAccessToken } from '../../../oauth/tokens/access-token.ts';
import type { Services } from '../../../services.ts';
import { findUser } from '../../../store/users.ts';
import { Problem } from './problem.ts';

/** Who asks. */
export interface Caller {
  readonly user: User;
  /** The browser session; undefined for an access token. */
  readonly sessionId: Id | undefined;
  /** When they last gave their password in that session; undefined for an access token, which has none to give. */
  readonly authenticatedAt: Instant | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every route of the API that needs a sign-in. */
    caller: Caller;
  }
}

/** The person who asks, as audit events name them. */
export function actorOf(request: FastifyRequest): Actor {
  return { type: 'user', id: request.caller.user.id };
}

type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** Lets administrators in. A bearer token counts where there is one, and the cookie is not looked at then. */
export function administratorsOnly(services: Services): Hook {
  return async (request) => {
    const caller = await authenticate(services, request);
    if (caller.user.role !== 'administrator')
      throw new Problem('not_administrator', 'Only administrators may do this.');
    request.caller = caller;
  };
}

/** Lets everybody in who is signed in. */
export function signedInOnly(services: Services): Hook {
  return async (request) => {
    request.caller = await authenticate(services, request);
  };
}

/** For new credentials: lets in whoever gave their password a moment ago. Asked after everything else is right. */
export function recentlyAuthenticatedOnly(services: Services): Hook {
  return async ({ caller }) => requireRecentAuthentication(caller.authenticatedAt, services.clock());
}

async function authenticate(services: Services, request: FastifyRequest): Promise<Caller> {
  const token = bearerToken(request);
  return token === undefined ? bySession(services, request) : byAccessToken(services, request, token);
}

const challenge = 'Bearer realm="postern"';

async function bySession(services: Services, request: FastifyRequest): Promise<Caller> {
  const session = await currentSession(services, request);
  if (!session)
    throw new Problem('not_signed_in', 'Sign in, or send an access token with the scope admin.', {
      headers: { 'www-authenticate': challenge },
    });
  const isSafe = request.method === 'GET' || request.method === 'HEAD';
  if (!isSafe && isSameOrigin(request, request.instance) !== 'same')
    throw new Problem(
      'cross_origin',
      'A request that changes something with the session cookie must come from the same origin (Sec-Fetch-Site or Origin).',
    );
  return { user: session.user, sessionId: session.id, authenticatedAt: session.authenticatedAt };
}

async function byAccessToken(services: Services, request: FastifyRequest, token: string): Promise<Caller> {
  const good = await verifyAccessToken(services, request.instance, token);
  if (!good)
    throw new Problem(
      'invalid_token',
      'The access token is malformed, expired, revoked or not from this instance.',
      {
        headers: { 'www-authenticate': `${challenge}, error="invalid_token"` },
      },
    );
  const userId = parseId(good.claims.sub);
  const user = userId && (await findUser(services.db, request.instance.id, userId));
  const isAdministrator = user?.active && user.role === 'administrator';
  if (!isAdministrator && good.claims.scope.split(' ').includes(adminScope))
    throw new Problem('not_administrator', 'The access token does not act for an administrator.');
  if (!isAdministrator || !good.scopes.includes(adminScope))
    throw new Problem('insufficient_scope', `The access token does not have the scope ${adminScope}.`, {
      headers: { 'www-authenticate': `${challenge}, error="insufficient_scope", scope="${adminScope}"` },
    });
  return { user, sessionId: undefined, authenticatedAt: undefined };
}

/** RFC 6750 2.1; the scheme's name is case-insensitive. */
function bearerToken(request: FastifyRequest): string | undefined {
  const bearer = /^bearer(?: +(.*))?$/i.exec(request.headers.authorization ?? '');
  return bearer ? (bearer[1] ?? '').trim() : undefined;
}
