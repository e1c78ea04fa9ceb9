import type { FastifyRequest } from 'fastify';
import type { Session } from '../accounts/sessions.ts';
import { fromBase64url } from '../base/base64url.ts';
import { Form } from '../oauth/parameters.ts';
import type { Services } from '../services.ts';
import { PageError } from './page-error.ts';
import { isSameOrigin } from './same-origin.ts';

/**
 * What shows that a form was written by a page of ours, where the browser does not say so: the session whose `form_token` it carries;
 * `field`, a field that the caller checks and nobody else can write (what is sealed, a set-up token); or null for nothing, as on the
 * sign-in page.
 */
export type FormProof = Session | 'field' | null;

/**
 * The form that a page of ours posts: from this origin, URL-encoded, no field twice. Without proof a browser that says nothing at all may
 * post it, one that hides where it is (`Origin: null`) may not.
 * @throws PageError
 */
export function readPageForm(services: Services, request: FastifyRequest, proof: FormProof): Form {
  const session = proof === 'field' ? null : proof;
  const from = isSameOrigin(request, request.instance);
  if (from === 'cross' || (from === 'hidden' && proof === null)) throw new PageError(403, 'wrong_origin');
  // Some of the forms of people who are signed in have no field, such as the one that signs them out.
  const isEmpty = session && request.body === undefined && request.headers['content-type'] === undefined;
  const form = isEmpty ? new Form() : request.body;
  if (!(form instanceof Form)) {
    // Only a form carries a proof.
    if (from === 'hidden') throw new PageError(403, 'wrong_origin');
    throw new PageError(form ? 415 : 400, 'bad_request');
  }
  if (form.repeated() !== undefined) throw new PageError(400, 'repeated_parameter');
  if (from !== 'same' && session && !isFormToken(services, session, form.get('form_token')))
    throw new PageError(403, 'form_expired');
  return form;
}

/** What shows that a form was rendered for this session. */
export function formToken(services: Services, session: Session): string {
  return services.secret.mac('form-token', macInput(session)).toString('base64url');
}

function isFormToken(services: Services, session: Session, token: string | undefined): boolean {
  if (token === undefined) return false;
  const mac = fromBase64url(token);
  return mac !== undefined && services.secret.verifyMac('form-token', macInput(session), mac);
}

function macInput(session: Session): string {
  return `account ${session.id}`;
}
