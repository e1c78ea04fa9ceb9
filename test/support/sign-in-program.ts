import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type SignInLanguage,
  signInLanguages,
} from '../../console/src/applications/connect/sign-in/languages.ts';
import type { SignInValues } from '../../console/src/applications/connect/sign-in/values.ts';
import { Browser } from './browser.ts';
import type { TestApp } from './test-app.ts';

/** A program of the tab *Connect* that runs as the screen shows it. */
export interface SignInProgram {
  readonly origin: string;
  readonly signedOutUri: string;
  stop(): Promise<void>;
}

/** The path of the redirect URL: with a character that languages quote with. */
const callback = "/it's";

/** What the screen shows for an application in a language. */
export function shownFor(id: string, values: SignInValues): SignInLanguage {
  const found = signInLanguages('web', values).find((language) => language.id === id);
  assert.ok(found, id);
  return found;
}

/**
 * Registers an application, writes the program that the screen shows for it, and runs it.
 * @param folder where its packages are
 * @param port on which nothing listens
 * @param path an assignment to PATH before its command, where the packages have programs of their own
 */
export async function runSignInProgram(
  app: TestApp,
  id: string,
  options: { folder: string; port: number; algorithm: 'ES256' | 'RS256'; path?: string },
): Promise<SignInProgram> {
  const { folder, port, algorithm } = options;
  const origin = `http://localhost:${port}`;
  const signedOutUri = `${origin}/signed-out`;
  const application = await app.admin.createApplication({
    type: 'web',
    redirect_uris: [origin + callback],
    post_logout_redirect_uris: [signedOutUri],
    id_token_signed_response_alg: algorithm,
  });
  const { run, files } = shownFor(id, {
    issuer: app.url,
    clientId: application.client_id,
    redirectUri: origin + callback,
    scopes: ['openid', 'profile', 'email'],
    algorithm,
    signedOutUri,
  });
  for (const { fileName, text } of files) {
    await mkdir(dirname(join(folder, fileName)), { recursive: true });
    await writeFile(join(folder, fileName), text);
  }
  const program = spawn('sh', ['-c', `${options.path ?? ''}\nexec ${run}`], {
    cwd: folder,
    env: { ...process.env, CLIENT_SECRET: application.client_secret ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const said: Buffer[] = [];
  for (const stream of [program.stdout, program.stderr])
    stream.on('data', (bytes: Buffer) => said.push(bytes));
  const stop = async () => {
    if (program.exitCode !== null || program.pid === undefined) return;
    const ended = once(program, 'exit');
    // What it started itself goes with it.
    process.kill(-program.pid, 'SIGTERM');
    await ended;
  };
  try {
    await listening(origin, program, () => Buffer.concat(said).toString());
  } catch (error) {
    await stop();
    throw error;
  }
  return { origin, signedOutUri, stop };
}

/** Waits for a minute at most. */
async function listening(origin: string, program: ChildProcess, said: () => string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    assert.equal(program.exitCode, null, said());
    const answer = await fetch(origin, { redirect: 'manual' }).catch(() => undefined);
    if (answer) return;
    await sleep(100);
  }
  assert.fail(`it does not listen: ${said()}`);
}

/** Signs somebody in to the program and out again, and tries what it must not believe. */
export async function visitSignInProgram(app: TestApp, { origin, signedOutUri }: SignInProgram) {
  const name = 'Ada <b>"Bold"</b> O’Hara';
  const person = await app.admin.createUser({ name });
  const target = { url: origin, port: Number(new URL(origin).port) };
  const there = new Browser(target);
  const stranger = new Browser(target);
  const here = app.browser();
  const isSignedIn = async (browser: Browser) => (await browser.openPage('/')).html.includes('Signed in as');

  const unasked = new URLSearchParams({ code: 'made-up', state: 'made-up', iss: app.url });
  await stranger.openPage(`${callback}?${unasked}`);
  assert.equal(await isSignedIn(stranger), false);

  const { leftTo: asked } = await there.openPage('/sign-in');
  assert.ok(asked);
  assert.deepEqual(
    ['state', 'nonce', 'code_challenge'].filter((parameter) => !asked.searchParams.has(parameter)),
    [],
  );
  const back = await here.authorize(asked.searchParams, person, { endpoint: asked.pathname });
  // Somebody else's answer, as an attacker would have it brought in.
  await stranger.openPage('/sign-in');
  await stranger.openPage(back.pathname + back.search);
  assert.equal(await isSignedIn(stranger), false);

  await there.openPage(back.pathname + back.search);
  const { html } = await there.openPage('/');
  assert.match(html, /Signed in as Ada/);
  assert.ok(!html.includes('<b>'), html);

  const [, signOut = ''] = /href=["'](\/[a-z-]+)/.exec(html) ?? [];
  const answer = await there.openPage(signOut);
  // Some ask once more before they do.
  const away = answer.leftTo ?? (await there.submitForm(answer, {})).leftTo;
  assert.ok(away);
  const { leftTo: last } = await here.openPage(away.pathname + away.search);
  assert.equal(last?.href, signedOutUri);
  assert.equal((await here.openPage('/account')).path.startsWith('/login'), true);
  assert.equal(await isSignedIn(there), false);
}
