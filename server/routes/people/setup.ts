import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isSetupLinkAlive, setUp } from '../../accounts/setup.ts';
import { Refusal } from '../../base/refusal.ts';
import { signInPlace } from '../../http/cookies.ts';
import { letIn } from '../../http/let-in.ts';
import { PageError } from '../../http/page-error.ts';
import { readPageForm } from '../../http/page-form.ts';
import { localeWithoutUser } from '../../http/page-locale.ts';
import { queryOf } from '../../http/query.ts';
import { sendPage } from '../../http/respond.ts';
import { home } from '../../http/return-to.ts';
import { setupPage } from '../../pages/setup.ts';
import type { Services } from '../../services.ts';

/** GET and POST /setup: the one-time link that the first start prints. */
export function registerSetup(app: FastifyInstance, services: Services): void {
  app.get('/setup', async (request, reply) => {
    const token = queryOf(request).get('token') ?? '';
    if (!(await isSetupLinkAlive(services, request.instance, token)))
      throw new PageError(404, 'setup_link_dead');
    return sendForm(request, reply, 200, { token });
  });

  app.post('/setup', async (request, reply) => {
    const form = readPageForm(services, request, 'field');
    const { instance } = request;
    const token = form.get('token') ?? queryOf(request).get('token') ?? '';
    const email = form.get('email') ?? '';
    const name = form.get('name') ?? '';
    const password = form.get('password') ?? '';
    try {
      const done = await setUp(services, {
        instance,
        token,
        email,
        name,
        password,
        place: signInPlace(request),
      });
      if (!done) throw new PageError(404, 'setup_link_dead');
      return letIn(request, reply, done, { form, returnTo: home });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return sendForm(request, reply, 422, { token, email, name, error });
    }
  });
}

function sendForm(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  shown: { token: string; email?: string; name?: string; error?: Refusal },
): FastifyReply {
  const locale = localeWithoutUser(request);
  const page = setupPage({ locale, instance: request.instance, ...shown });
  return sendPage(reply, page, { status, referrerPolicy: 'no-referrer' });
}
