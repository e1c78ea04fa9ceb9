import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY } from '../server/base/units.ts';
import { buildApp } from '../server/process/app.ts';
import { parseConfig } from '../server/process/config.ts';
import { createLog } from '../server/process/log.ts';
import { closeServices, openServices } from '../server/process/open-services.ts';
import { Browser } from '../test/support/browser.ts';
import { type Screen, screens, type WorldName } from './catalog.ts';
import { indexPage } from './index-page.ts';
import { makeWorlds, type World } from './worlds.ts';

export interface Screens {
  /** Where the list of screens is. */
  readonly url: string;
  readonly worlds: Readonly<Record<WorldName, World>>;
  /** Where one screen is: opening it signs in as whoever sees it. */
  urlOf(screen: Screen): string;
  close(): Promise<void>;
}

const conditions = ['slow', 'failing'] as const;
type Condition = (typeof conditions)[number];

/** How long a slow answer is held back; longer than anybody looks at a screen. */
const slowness = 10 * 60_000;

/** Runs the real server on made-up data. @param port of 127.0.0.1 */
export async function startScreens(port: number): Promise<Screens> {
  const directory = await mkdtemp(join(tmpdir(), 'postern-screens-'));
  const config = parseConfig({
    POSTERN_URL: `http://localhost:${port}`,
    POSTERN_DATABASE_URL: `sqlite:${join(directory, 'postern.db')}`,
    POSTERN_SECRET: 'a made-up master secret for made-up screens',
    POSTERN_RATE_LIMITS: 'off',
  });
  // The worlds begin in the past and end up in the present.
  let ahead = -150 * DAY;
  const services = await openServices(config, createLog('silent'), () => Date.now() + ahead);
  const app = await buildApp(services);
  await app.ready();
  const answer = (request: IncomingMessage, response: ServerResponse) =>
    app.server.emit('request', request, response);

  let front = answer;
  const server = createServer((request, response) => front(request, response));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const past = {
    advance: (milliseconds: number) => {
      ahead = Math.min(ahead + milliseconds, 0);
    },
  };
  const worlds = await makeWorlds(services, past, port);
  ahead = 0;

  const hostOf = (screen: Screen) =>
    `${screen.condition ? `${screen.condition}-` : ''}${screen.world ?? 'busy'}.localhost:${port}`;
  const urlOf = (screen: Screen) => `http://${hostOf(screen)}/screens/${screen.id}`;

  front = (request, response) => {
    const { world, condition } = readHost(request.headers.host ?? '');
    request.headers.host = `${world}.localhost:${port}`;
    const path = request.url ?? '/';
    if (path === '/screens') {
      response.setHeader('content-type', 'text/html; charset=utf-8').end(indexPage(screens, urlOf));
      return true;
    }
    const screen = screens.find(({ id }) => path === `/screens/${id}`);
    if (screen) {
      void open(worlds[screen.world ?? 'busy'], screen, response);
      return true;
    }
    if (condition && path.startsWith('/api/')) return misbehave(condition, path, request, response, answer);
    return answer(request, response);
  };

  return {
    url: `http://busy.localhost:${port}/screens`,
    worlds,
    urlOf,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await app.close();
      await closeServices(services);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function readHost(host: string): { world: WorldName; condition: Condition | undefined } {
  const [, condition, world] = /^(?:(slow|failing)-)?(busy|empty|full)\.localhost/.exec(host) ?? [];
  return { world: (world ?? 'busy') as WorldName, condition: condition as Condition | undefined };
}

/** Signs in as whoever sees the screen and shows it, or what its form is answered with. */
async function open(world: World, screen: Screen, response: ServerResponse): Promise<void> {
  const browser = new Browser(world.target);
  if (screen.as) await browser.signIn(world[screen.as]);
  for (const [name, value] of browser.cookies)
    response.appendHeader('set-cookie', `${name}=${value}; Path=/; HttpOnly; SameSite=Lax`);
  if (!screen.as) response.appendHeader('set-cookie', 'postern=; Path=/; Max-Age=0');
  const path = screen.path(world);
  if (!screen.form) {
    response.writeHead(303, { location: path }).end();
    return;
  }
  const answer = await browser.request(path, { body: new URLSearchParams(screen.form(world)) });
  const policy = answer.headers['content-security-policy'];
  if (policy) response.setHeader('content-security-policy', policy);
  response.writeHead(answer.status, { 'content-type': 'text/html; charset=utf-8' }).end(answer.text);
}

/** The shell's own questions are answered: what is shown is a screen that waits or failed. */
function misbehave(
  condition: Condition,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  answer: (request: IncomingMessage, response: ServerResponse) => boolean,
): boolean {
  if (path === '/api/v1/me') return answer(request, response);
  if (condition === 'slow') {
    setTimeout(() => answer(request, response), slowness).unref();
    return true;
  }
  const problem = {
    type: 'about:blank',
    title: 'Conflict',
    status: 409,
    detail: 'This refusal is made up.',
    code: 'made_up',
  };
  response.writeHead(409, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
  return true;
}
