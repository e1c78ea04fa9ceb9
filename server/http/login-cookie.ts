import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type LoginRequest, loginRequestLifetime } from '../accounts/providers/vouched.ts';
import { fromBase64url } from '../base/base64url.ts';
import type { Id } from '../base/ids.ts';
import { SECOND } from '../base/units.ts';
import type { Core } from '../core.ts';
import type { Instance } from '../model/instance.ts';
import { attributes, prefixed } from './cookies.ts';

/*
 * A trip to an identity provider is kept in the browser that makes it and nowhere else: it is good in that browser alone, there is nothing
 * to run full of, and no server has to be asked that began it. Each trip has a cookie of its own, since people open several at once.
 */

/** Trips of one browser at a time; of more than these, or than `mostParts` cookies of them all, the oldest are given up. */
const mostTrips = 3;
/** Characters in a cookie, whose name and attributes take some of the 4,096 that browsers keep. */
const longestPart = 3600;
/** Any site can have a browser begin trips: with all their cookies its headers stay well below the 32 KiB that are read. */
const mostParts = 4;

/**
 * Hands a login request to the browser.
 * @returns false where it is too long to be kept: an authorization request of many thousand characters waits behind it
 */
export function setLoginRequest(
  core: Core,
  request: FastifyRequest,
  reply: FastifyReply,
  loginRequest: LoginRequest,
): boolean {
  const { instance } = request;
  const plain = deflateRawSync(JSON.stringify(loginRequest));
  const sealed = core.secret.seal('login-cookie', plain, instance.id).toString('base64url');
  const parts = sealed.match(new RegExp(`.{1,${longestPart}}`, 'g')) ?? [];
  if (parts.length > mostParts) return false;
  const before = readAll(core, request).sort((a, b) => b.startedAt - a.startedAt);
  const kept = new Set<string>();
  let left = mostParts - parts.length;
  for (const { id } of before.slice(0, mostTrips - 1)) {
    const trip = nameOf(instance, id);
    left -= namesIn(request).filter((name) => tripOf(name) === trip).length;
    if (left < 0) break;
    kept.add(trip);
  }
  for (const name of namesIn(request)) if (!kept.has(tripOf(name))) clear(reply, instance, name);
  for (const [index, part] of parts.entries())
    reply.setCookie(partName(nameOf(instance, loginRequest.id), index), part, {
      ...attributes(instance),
      maxAge: loginRequestLifetime / SECOND,
    });
  return true;
}

/** The login request of this ID, if it began in this browser and is not over. */
export function readLoginRequest(
  core: Core,
  request: FastifyRequest,
  id: string | undefined,
): LoginRequest | undefined {
  if (id === undefined || !/^[\w-]{43}$/.test(id)) return undefined;
  const found = open(core, request, nameOf(request.instance, id));
  return found?.id === id ? found : undefined;
}

/** The login request that began last in this browser and leads to this provider. */
export function findTripTo(core: Core, request: FastifyRequest, providerId: Id): LoginRequest | undefined {
  return readAll(core, request)
    .filter((found) => found.providerId === providerId)
    .sort((a, b) => b.startedAt - a.startedAt)[0];
}

/** Takes a login request out of the browser. */
export function clearLoginRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  { id }: Pick<LoginRequest, 'id'>,
): void {
  const trip = nameOf(request.instance, id);
  for (const name of namesIn(request)) if (tripOf(name) === trip) clear(reply, request.instance, name);
}

function readAll(core: Core, request: FastifyRequest): LoginRequest[] {
  const trips = new Set(namesIn(request).map(tripOf));
  return [...trips].map((trip) => open(core, request, trip)).filter((found) => found !== undefined);
}

function open(core: Core, request: FastifyRequest, trip: string): LoginRequest | undefined {
  let sealed = '';
  for (let index = 0; index < mostParts; index++) sealed += request.cookies[partName(trip, index)] ?? '';
  const bytes = fromBase64url(sealed);
  const opened = bytes && core.secret.open('login-cookie', bytes, request.instance.id);
  if (!opened) return undefined;
  const loginRequest = JSON.parse(inflateRawSync(opened.plain).toString()) as LoginRequest;
  const age = core.clock() - loginRequest.startedAt;
  return age < loginRequestLifetime ? loginRequest : undefined;
}

function nameOf(instance: Instance, id: string): string {
  return prefixed(instance, `login-${id.slice(0, 16)}`);
}

function partName(trip: string, index: number): string {
  return index === 0 ? trip : `${trip}.${index}`;
}

function tripOf(name: string): string {
  return name.replace(/\.\d$/, '');
}

function namesIn(request: FastifyRequest): string[] {
  const start = prefixed(request.instance, 'login-');
  return Object.keys(request.cookies).filter((name) => name.startsWith(start));
}

function clear(reply: FastifyReply, instance: Instance, name: string): void {
  reply.clearCookie(name, attributes(instance));
}
