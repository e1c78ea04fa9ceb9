import type { FastifyRequest } from 'fastify';
import type { Session } from '../accounts/sessions.ts';
import { Form } from '../oauth/parameters.ts';
import type { Services } from '../services.ts';
import { PageError } from './page-error.ts';
import { isSameOrigin } from './same-origin.ts';

/**
 * The form that a page of ours posts: from this origin, URL-encoded, no field twice.
 * @param session whose `form_token` speaks for a browser that does not say where the form comes from; null for
 *   the forms of people who are not signed in, which such a browser may post
 * @throws PageError
 */
export function readPageForm(services: Services, request: FastifyRequest, session: Session | null): Form {
  const from = isSameOrigin(request, request.instance);
  if (from === 'cross') throw new PageError(403, 'wrong_origin');
  // Some of the forms of people who are signed in have no field, such as the one that signs them out.
  const isEmpty = session && request.body === undefined && request.headers['content-type'] === undefined;
  const form = isEmpty ? new Form() : request.body;
  if (!(form instanceof Form)) throw new PageError(form ? 415 : 400, 'bad_request');
  if (form.repeated() !== undefined) throw new PageError(400, 'repeated_parameter');
  if (from === 'unknown' && session && !isFormToken(services, session, form.get('form_token')))
    throw new PageError(403, 'form_expired');
  return form;
}

/** What shows that a form was rendered for this session. */
export function formToken(services: Services, session: Session): string {
  return services.secret.mac('form', `account ${session.id}`).toString('base64url');
}

function isFormToken(services: Services, session: Session, token: string | undefined): boolean {
  if (token === undefined) return false;
  return services.secret.verifyMac('form', `account ${session.id}`, Buffer.from(token, 'base64url'));
}
