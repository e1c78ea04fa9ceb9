import type { FastifyInstance } from 'fastify';
import { codeRedirect, errorRedirect } from '../oauth/authorize.ts';
import { issueAuthorizationCode, openConsentRequest } from '../oauth/consent.ts';
import type { Services } from '../services.ts';
import { goTo } from './authorize.ts';
import { currentSession } from './browser-session.ts';
import { Form } from './form.ts';
import { PageError } from './page-error.ts';
import { isSameOrigin } from './same-origin.ts';

/** `POST /consent`: the answer to the consent page. What it allows is sealed in the form; the rules: `oauth/consent.ts`. */
export function registerConsent(app: FastifyInstance, services: Services): void {
  app.post('/consent', async (request, reply) => {
    const { instance, body } = request;
    if (isSameOrigin(request, instance) === 'cross') throw new PageError(403, 'wrong_origin');
    if (!(body instanceof Form)) throw new PageError(400, 'bad_request');
    if (body.repeated() !== undefined) throw new PageError(400, 'repeated_parameter');
    const session = await currentSession(services, request);
    const asked =
      session && (await openConsentRequest(services, instance, body.get('request') ?? '', session));
    if (!asked) throw new PageError(400, 'form_expired');
    switch (body.get('decision')) {
      case 'allow':
        return goTo(
          reply,
          codeRedirect(
            instance,
            asked,
            await issueAuthorizationCode(services, instance, asked, session, true),
          ),
        );
      case 'deny':
        return goTo(reply, errorRedirect(instance, asked, 'access_denied', 'the user said no'));
      default:
        throw new PageError(400, 'bad_request');
    }
  });
}
