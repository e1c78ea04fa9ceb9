import type { FastifyRequest } from 'fastify';
import type { Locale } from '../model/user.ts';
import { Form } from '../oauth/parameters.ts';
import { chooseLocale } from '../pages/locale.ts';
import type { Services } from '../services.ts';
import { currentSession } from './cookies.ts';

/** The language of the page that answers a request: what it asks for, what its user chose, what the browser prefers. */
export async function localeOf(services: Services, request: FastifyRequest): Promise<Locale> {
  const session = await currentSession(services, request);
  return localeWithoutUser(request, session?.user);
}

/** The same where nobody can be signed in, or the database cannot say who is. */
export function localeWithoutUser(request: FastifyRequest, user?: { locale: Locale | null }): Locale {
  const [, query = ''] = /\?(.*)$/s.exec(request.url) ?? [];
  const parameters = request.body instanceof Form ? request.body : Form.fromText(query);
  return chooseLocale({
    uiLocales: parameters.get('ui_locales'),
    user,
    acceptLanguage: request.headers['accept-language'],
  });
}
