import type { FastifyReply, FastifyRequest } from 'fastify';
import { findSession, type Session, sessionLimits } from '../accounts/sessions.ts';
import { DAY, SECOND } from '../base/units.ts';
import type { Instance } from '../model/instance.ts';
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

/** By what this browser is known, if somebody signed in here before; `limits/known-browser.ts` says for whom it counts. */
export function knownBrowserOf(request: FastifyRequest): string | undefined {
  return request.cookies[prefixed(request.instance, 'known-browser')] || undefined;
}

/** Lets the browser be known for as long as browsers keep a cookie. It opens nothing. */
export function setKnownBrowserCookie(reply: FastifyReply, instance: Instance, value: string): void {
  const name = prefixed(instance, 'known-browser');
  reply.setCookie(name, value, { ...attributes(instance), maxAge: (400 * DAY) / SECOND });
}

/** With the prefix `__Host-` no other host under the same domain can put its own value here (RFC 6265bis 4.1.3.2). */
function prefixed(instance: Instance, name: string): string {
  return isHttps(instance) ? `__Host-${name}` : name;
}

function attributes(instance: Instance) {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: isHttps(instance) } as const;
}

function isHttps(instance: Instance): boolean {
  return instance.url.startsWith('https:');
}
