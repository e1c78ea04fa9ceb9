import type { FastifyReply, FastifyRequest } from 'fastify';
import { findSession, type Session } from '../accounts/sessions.ts';
import type { SignedIn, SignInPlace } from '../accounts/sign-in/finish.ts';
import { DAY, SECOND } from '../base/units.ts';
import type { Instance } from '../model/instance.ts';
import { sessionLimits } from '../model/session.ts';
import type { User } from '../model/user.ts';
import type { Services } from '../services.ts';

const found = new WeakMap<FastifyRequest, Promise<Session | null>>();

/**
 * The session of the browser that sends this request; a use of it, and so its user's activity. Null when nobody is
 * signed in. Asked several times in a request, the first answer stands.
 */
export function currentSession(services: Services, request: FastifyRequest): Promise<Session | null> {
  let session = found.get(request);
  if (!session) {
    const token = sessionToken(request);
    session = token === undefined ? Promise.resolve(null) : findSession(services, request.instance, token);
    found.set(request, session);
  }
  return session;
}

/** The session cookie's value as it came, whether or not there is such a session. */
export function sessionToken(request: FastifyRequest): string | undefined {
  return request.cookies[prefixed(request.instance, 'postern')] || undefined;
}

/** Hands a session to the browser for as long as it can last at most. */
export function setSessionCookie(reply: FastifyReply, instance: Instance, user: User, token: string): void {
  reply.setCookie(prefixed(instance, 'postern'), token, {
    ...attributes(instance),
    maxAge: sessionLimits[user.role].absolute / SECOND,
  });
}

/** Takes the cookie out of the browser. The session itself is ended by `accounts/sessions.ts`. */
export function clearSessionCookie(reply: FastifyReply, instance: Instance): void {
  reply.clearCookie(prefixed(instance, 'postern'), attributes(instance));
}

/** Where the request comes from, for a sign-in. `limits/known-browser.ts` says for whom a browser is known. */
export function signInPlace(request: FastifyRequest): SignInPlace {
  return {
    ip: request.ip,
    userAgent: request.headers['user-agent'] ?? '',
    replaces: sessionToken(request),
    knownBrowser: request.cookies[prefixed(request.instance, 'known-browser')] || undefined,
  };
}

/** Hands a new session to the browser, which is known from now on for as long as browsers keep a cookie. */
export function setSignInCookies(
  reply: FastifyReply,
  instance: Instance,
  { user, sessionToken, knownBrowser }: SignedIn,
): void {
  setSessionCookie(reply, instance, user, sessionToken);
  if (knownBrowser === undefined) return;
  reply.setCookie(prefixed(instance, 'known-browser'), knownBrowser, {
    ...attributes(instance),
    maxAge: (400 * DAY) / SECOND,
  });
}

/** The name of a cookie: with the prefix `__Host-` no other host under the same domain can put its own value here (RFC 6265bis 4.1.3.2). */
export function prefixed(instance: Instance, name: string): string {
  return isHttps(instance) ? `__Host-${name}` : name;
}

export function attributes(instance: Instance) {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: isHttps(instance) } as const;
}

function isHttps(instance: Instance): boolean {
  return instance.url.startsWith('https:');
}
