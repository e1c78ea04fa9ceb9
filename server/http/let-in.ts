import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SignedIn } from '../accounts/sign-in/finish.ts';
import type { Form } from '../oauth/parameters.ts';
import { setSignInCookies } from './cookies.ts';

/**
 * Hands a new session to the browser, and leads on. A browser that brought no cookie may refuse ours: it goes by way of the sign-in
 * page, which sees whether it has kept them. Who sends the form without having asked for its page is led on at once.
 * @param returnTo a path of this origin
 */
export function letIn(
  request: FastifyRequest,
  reply: FastifyReply,
  signedIn: SignedIn,
  { form, returnTo }: { form: Form; returnTo: string },
): FastifyReply {
  setSignInCookies(reply, request.instance, signedIn);
  reply.header('Cache-Control', 'no-store');
  const mayRefuse = form.get('check_cookies') !== undefined && request.headers.cookie === undefined;
  if (!mayRefuse) return reply.redirect(returnTo, 303);
  const uiLocales = form.get('ui_locales');
  const query = new URLSearchParams({ signed_in: '1', return_to: returnTo });
  if (uiLocales !== undefined) query.set('ui_locales', uiLocales.slice(0, 100));
  return reply.redirect(`/login?${query}`, 303);
}
