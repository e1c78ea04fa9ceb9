/** A product with users and sessions of its own, which hands its users over. Environment: PORT, and that of postern.mjs. */
import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import Fastify from 'fastify';
import { home, problem, read, signInForm } from './pages.mjs';
import * as postern from './postern.mjs';

const { PORT = '3004' } = process.env;
const origin = `http://localhost:${PORT}`;
const hash = (password, email) => scryptSync(password, email, 32);
const user = (person) => ({ ...person, hash: hash('demo-of-a-product', person.email) });
const users = [
  user({ id: 'harbour:1', name: 'Ada Lovelace', email: 'ada@example.com', role: 'member' }),
  user({ id: 'harbour:2', name: 'Grace Hopper', email: 'grace@example.com', role: 'owner' }),
];
const sessions = new Map(); // by the value of a cookie: the user, and since when they are signed in

const app = Fastify({ forceCloseConnections: true });
app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, async (_, body) =>
  Object.fromEntries(new URLSearchParams(body)),
);
app.addHook('onRequest', async (request, reply) => {
  reply.headers({ 'Referrer-Policy': 'same-origin', 'Cache-Control': 'no-store' }).type('text/html');
  reply.header('Content-Security-Policy', "default-src 'none'; style-src 'self'; frame-ancestors 'none'");
  // A form of another site must not do anything in a user's name.
  if (request.method === 'POST' && request.headers.origin !== origin) return reply.code(403).send();
  request.session = sessions.get(request.headers.cookie?.match(/(?:^|; )harbour=([\w-]+)/)?.[1]);
});
app.setErrorHandler((error, _, reply) => {
  process.stderr.write(`product: ${error.message}\n`);
  reply.code(502).send(problem('Something is wrong here. Try again in a minute.'));
});

/** The hand-over: who is signed in goes back at once, everybody else after the sign-in form. */
app.get('/hand-over', async ({ query: { prompt, max_age, ...asked }, session }, reply) => {
  const isOld = max_age !== undefined && Date.now() - session?.since > max_age * 1000;
  if (session && !isOld && prompt !== 'login' && prompt !== 'select_account')
    return reply.redirect(await postern.handOver(session, asked.login_request), 303);
  if (prompt === 'none') return reply.redirect(postern.back({ error: 'login_required' }), 303);
  // Afterwards it goes on as if nothing had been asked: Postern sees by auth_time that they have signed in now.
  const next = `/hand-over?${new URLSearchParams(asked)}`;
  const cancel = postern.back({ error: 'access_denied' });
  return signInForm({ next, cancel, email: asked.login_hint, application: asked.client_name });
});
app.get('/jwks.json', (_, reply) => reply.type('application/json').send(postern.keySet));
app.post('/sign-in', async ({ body: { next = '', email = '', password = '' } }, reply) => {
  const user = users.find((each) => each.email === email);
  const isRight = timingSafeEqual(hash(password, email), user?.hash ?? randomBytes(32));
  if (!user || !isRight) return reply.code(401).send(signInForm({ next, email, wrong: 'yes' }));
  const id = randomBytes(32).toString('base64url');
  sessions.set(id, { id, user, since: Date.now() });
  reply.header('Set-Cookie', `harbour=${id}; HttpOnly; SameSite=Lax; Path=/`);
  return reply.redirect(next.startsWith('/hand-over?') ? next : '/', 303);
});
app.post('/sign-out', async ({ session }, reply) => {
  sessions.delete(session?.id);
  return reply.redirect('/', 303);
});

app.get('/', async ({ session }) => {
  if (!session) return signInForm();
  await postern.reportActivity(session.user);
  return home(session.user, await postern.connectedApplications(session.user));
});
app.post('/disconnect', async ({ session, body }, reply) => {
  if (session) await postern.disconnect(session.user, body.id);
  return reply.redirect('/', 303);
});
app.get('/product.css', (_, reply) => reply.type('text/css').send(read('product.css')));

await app.listen({ host: '127.0.0.1', port: Number(PORT) });
process.stdout.write(`product: ${origin}\n`);
