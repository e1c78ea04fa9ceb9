import type { FastifyInstance } from 'fastify';
import { endSession } from '../../accounts/sessions.ts';
import { clearSessionCookie, currentSession, sessionToken } from '../../http/cookies.ts';
import { readPageForm } from '../../http/page-form.ts';
import type { Services } from '../../services.ts';

/** POST /logout. */
export function registerSignOut(app: FastifyInstance, services: Services): void {
  app.post('/logout', async (request, reply) => {
    const session = await currentSession(services, request);
    readPageForm(services, request, session);
    const token = sessionToken(request);
    if (token !== undefined) await endSession(services, request.instance, token, request.ip);
    clearSessionCookie(reply, request.instance);
    return reply.header('Cache-Control', 'no-store').redirect('/login', 303);
  });
}
