import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal, TooBusy } from '../base/refusal.ts';
import type { Locale } from '../model/user.ts';
import { UnredirectableError } from '../oauth/authorize/request.ts';
import { EndSessionError } from '../oauth/end-session.ts';
import { BearerError, OAuthError } from '../oauth/errors.ts';
import { TooManyParameters } from '../oauth/parameters.ts';
import { type ErrorPageCode, errorPage } from '../pages/error.ts';
import type { Services } from '../services.ts';
import { DatabaseUnavailable } from '../store/engine/database.ts';
import { sendBearerError } from './bearer.ts';
import { allowAny } from './cors.ts';
import { enterInstance, MisdirectedRequest } from './instance-of.ts';
import { PageError } from './page-error.ts';
import { localeOf, localeWithoutUser } from './page-locale.ts';
import { sendJson, sendOAuthError } from './reply.ts';
import { sendPage } from './respond.ts';

/** What every failure outside the REST API becomes: OAuth JSON where programs ask, a page where people do. */
interface Failure {
  readonly status: number;
  /** For programs, beside the sentence. */
  readonly error: string;
  readonly description: string;
  readonly page: ErrorPageCode;
  readonly retryAfter?: number | undefined;
  /** More that the page tells. */
  readonly shown?: Pick<Parameters<typeof errorPage>[0], 'beginAgain' | 'unregistered' | 'mayWantToSignOut'>;
  /** Nothing is wrong with the server: there is nothing to look up in its log, which a crowd would fill. */
  readonly isExpected?: true;
}

/** Writes errors, in one place. The REST API has its own, in `routes/api/`. */
export function registerErrors(app: FastifyInstance, services: Services): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (error instanceof OAuthError) return sendOAuthError(reply, error);
    if (error instanceof BearerError) return sendBearerError(reply, error);
    const failure = describe(error);
    if (isFault(failure))
      services.log.error(
        { err: error, reference: request.id, route: request.routeOptions.url },
        'request failed',
      );
    return sendFailure(services, request, reply, failure);
  });

  const routes = listRoutes(app);
  app.setNotFoundHandler(async (request, reply) => {
    await enterInstance(services, request);
    if (request.url.startsWith('/.well-known/')) allowAny(request, reply);
    const allowed = routes.methodsOf(request.url);
    if (allowed.length === 0 || allowed.includes(request.method))
      return sendFailure(services, request, reply, notFound);
    reply.header('allow', allowed.join(', '));
    return sendFailure(services, request, reply, {
      status: 405,
      error: 'invalid_request',
      description: `this endpoint takes ${allowed.join(', ')}`,
      page: 'method_not_allowed',
    });
  });
}

const notFound: Failure = {
  status: 404,
  error: 'not_found',
  description: 'there is nothing at this path',
  page: 'not_found',
};

function describe(error: FastifyError | Error): Failure {
  if (error instanceof PageError)
    return {
      status: error.status,
      error: 'invalid_request',
      description: error.code,
      page: error.code,
      retryAfter: error.retryAfter,
      shown: { beginAgain: error.beginAgain },
    };
  // Whoever sent the form may do it no more: they were signed out, or deactivated, while it was on its way.
  if (error instanceof Refusal && (error.status === 401 || error.status === 403))
    return { status: 403, error: 'invalid_request', description: error.code, page: 'form_expired' };
  if (error instanceof UnredirectableError)
    return {
      status: 400,
      error: 'invalid_request',
      description: error.code,
      page: error.code,
      shown: { unregistered: error.unregistered },
    };
  if (error instanceof EndSessionError)
    return {
      status: 400,
      error: 'invalid_request',
      description: error.code,
      page: error.code,
      shown: { unregistered: error.unregistered, mayWantToSignOut: true },
    };
  if (error instanceof MisdirectedRequest)
    return { status: 421, error: 'invalid_request', description: error.message, page: 'unknown_host' };
  if (error instanceof DatabaseUnavailable)
    return {
      status: 503,
      error: 'temporarily_unavailable',
      description: 'the server cannot reach its database; try again',
      page: 'unavailable',
      retryAfter: 1,
    };
  if (error instanceof TooBusy)
    return {
      status: 503,
      error: 'temporarily_unavailable',
      description: 'too many people sign in at this moment; try again',
      page: 'busy',
      retryAfter: 5,
      isExpected: true,
    };
  if (error instanceof TooManyParameters)
    return { status: 400, error: 'invalid_request', description: error.message, page: 'bad_request' };
  const status = (error as FastifyError).statusCode ?? 500;
  if (status === 413)
    return {
      status,
      error: 'invalid_request',
      description: 'the body is larger than 64 KiB',
      page: 'too_large',
    };
  if (status >= 400 && status < 500)
    return {
      // A content type that cannot be read is answered like any other that is not taken.
      status: status === 415 ? 400 : status,
      error: 'invalid_request',
      description:
        status === 415
          ? 'the content type cannot be read; a form is application/x-www-form-urlencoded'
          : 'the request could not be read',
      page: 'bad_request',
    };
  return {
    status: 500,
    error: 'server_error',
    description: 'something went wrong on the server',
    page: 'internal',
  };
}

function isFault({ status, isExpected }: Failure): boolean {
  return status >= 500 && !isExpected;
}

async function sendFailure(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  failure: Failure,
): Promise<FastifyReply> {
  if (failure.retryAfter !== undefined) reply.header('retry-after', String(failure.retryAfter));
  if (isForPrograms(request.url))
    return sendJson(reply, failure.status, { error: failure.error, error_description: failure.description });
  const page = errorPage({
    locale: await localeOfFailure(services, request, failure),
    status: failure.status,
    code: failure.page,
    instance: request.instance ?? null,
    ...failure.shown,
    ...(request.method === 'GET' && { query: request.url.split(/\?(.*)/s, 2)[1] ?? '' }),
    ...(isFault(failure) && { reference: request.id }),
  });
  return sendPage(reply, page, { status: failure.status, referrerPolicy: 'no-referrer' });
}

/** A page that tells of one failure must not become another. */
async function localeOfFailure(
  services: Services,
  request: FastifyRequest,
  failure: Failure,
): Promise<Locale> {
  if (!request.instance || failure.status >= 500) return localeWithoutUser(request);
  return localeOf(services, request).catch(() => localeWithoutUser(request));
}

function isForPrograms(url: string): boolean {
  const path = url.split('?', 1)[0] as string;
  if (/\/oauth2\/(authorize|logout)$/.test(path)) return false;
  return /^\/(oauth2|integrations|\.well-known|api|healthz|readyz|metrics)(\/|$)/.test(path);
}

/** Collects the routes of an application as they are registered, to tell a wrong method from a wrong path. */
export function listRoutes(app: FastifyInstance): { methodsOf(url: string): string[] } {
  const patterns = new Map<string, { pattern: RegExp; methods: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    const source = url
      .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll(/:\w+/g, '[^/]+')
      .replaceAll('\\*', '.*');
    const entry = patterns.get(url) ?? { pattern: new RegExp(`^${source}$`), methods: new Set<string>() };
    for (const each of [method].flat()) entry.methods.add(each);
    patterns.set(url, entry);
  });
  return {
    methodsOf(url) {
      const path = url.split('?', 1)[0] as string;
      const methods = [...patterns.values()]
        .filter(({ pattern }) => pattern.test(path))
        .flatMap((entry) => [...entry.methods]);
      return [...new Set(methods)].sort();
    },
  };
}
