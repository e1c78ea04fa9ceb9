import type { FastifyInstance } from 'fastify';
import { currentSession } from '../../http/cookies.ts';
import { PageError } from '../../http/page-error.ts';
import { goTo } from '../../http/reply.ts';
import { isSameOrigin } from '../../http/same-origin.ts';
import { codeRedirect, errorRedirect, issueAuthorizationCode } from '../../oauth/authorize/answer.ts';
import { openConsentRequest } from '../../oauth/authorize/consent-form.ts';
import { Form } from '../../oauth/parameters.ts';
import type { Services } from '../../services.ts';

/** `POST /consent`: the answer to the consent page. What it allows is sealed in the form; the rules: `oauth/authorize/consent-form.ts`. */
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
