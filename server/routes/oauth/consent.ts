import type { FastifyInstance } from 'fastify';
import { sendAnswer } from '../../http/authorization-answer.ts';
import { currentSession } from '../../http/cookies.ts';
import { PageError } from '../../http/page-error.ts';
import { authorizeUrl } from '../../http/return-to.ts';
import { isSameOrigin } from '../../http/same-origin.ts';
import { actOfSession } from '../../model/act.ts';
import {
  codeAnswer,
  endSignInFor,
  errorAnswer,
  issueAuthorizationCode,
} from '../../oauth/authorize/answer.ts';
import { openQuestion, requestAnswered } from '../../oauth/authorize/consent-form.ts';
import { queryOf } from '../../oauth/authorize/parameters.ts';
import { nextStep } from '../../oauth/authorize/steps.ts';
import { Form } from '../../oauth/parameters.ts';
import type { Services } from '../../services.ts';

/**
 * `POST /consent`: the answer to the consent page. The form carries the request, sealed; it is checked anew:
 * `oauth/authorize/consent-form.ts`. Where it has gone out of date, one link leads back to it.
 */
export function registerConsent(app: FastifyInstance, services: Services): void {
  app.post('/consent', async (request, reply) => {
    const { instance, body } = request;
    const from = isSameOrigin(request, instance);
    if (from === 'cross') throw new PageError(403, 'wrong_origin');
    const form = body instanceof Form ? body : undefined;
    const question = openQuestion(services, instance, form?.get('request') ?? '');
    // What is sealed shows that it is our form, where the browser does not.
    if (from === 'hidden' && !question) throw new PageError(403, 'wrong_origin');
    if (!form) throw new PageError(400, 'bad_request');
    if (form.repeated() !== undefined) throw new PageError(400, 'repeated_parameter');
    if (!question) throw new PageError(400, 'form_expired');
    const outOfDate = () =>
      new PageError(400, 'question_expired', {
        beginAgain: authorizeUrl(question.profile, queryOf(question.parameters)),
      });

    const session = await currentSession(services, request);
    const answered = await requestAnswered(services, instance, question, session);
    if (!session || !answered) throw outOfDate();
    switch (form.get('decision')) {
      case 'allow': {
        const at = { asked: question.asked, now: services.clock() };
        if (nextStep(answered, session, 'given', at).do !== 'answer') throw outOfDate();
        const act = actOfSession(instance, session, request.ip);
        const code = await issueAuthorizationCode(services, act, answered, session, 'given');
        if (code === undefined) throw outOfDate();
        return sendAnswer(services, request, reply, codeAnswer(instance, answered, code));
      }
      case 'deny':
        await endSignInFor(services, instance, answered, session);
        return sendAnswer(
          services,
          request,
          reply,
          errorAnswer(instance, answered, 'access_denied', 'the user said no'),
        );
      default:
        throw new PageError(400, 'bad_request');
    }
  });
}
