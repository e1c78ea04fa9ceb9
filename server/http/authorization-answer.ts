import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answer } from '../oauth/authorize/answer.ts';
import { withParameters } from '../oauth/authorize/redirect.ts';
import { formPostPage } from '../pages/form-post.ts';
import type { Services } from '../services.ts';
import { localeOf } from './page-locale.ts';
import { goTo } from './reply.ts';
import { sendPage } from './respond.ts';

/**
 * Sends the answer to an authorization request to the client: by a redirect, or by a page whose form the browser posts to the redirect
 * URI (OAuth 2.0 Form Post Response Mode 2).
 */
export async function sendAnswer(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  { redirectUri, responseMode, parameters }: Answer,
): Promise<FastifyReply> {
  if (responseMode === 'query') return goTo(reply, withParameters(redirectUri, parameters));
  const locale = await localeOf(services, request);
  const page = formPostPage({ locale, instance: request.instance, redirectUri, parameters });
  // Browsers hold every redirect after a form to `form-action`, those of the client's own callback too.
  return sendPage(reply, page, { formAction: null, referrerPolicy: 'no-referrer', scripts: true });
}
