import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ApplicationView } from '../support/admin.ts';
import type { Person } from '../support/browser.ts';
import { send } from '../support/http.ts';
import { freePort } from '../support/postgres.ts';
import type { TestApp } from '../support/test-app.ts';
import { type Place, Traveller } from '../support/traveller.ts';

/** What every application here is told, by its environment. */
export interface Settings {
  readonly ISSUER: string;
  readonly CLIENT_ID: string;
  readonly CLIENT_SECRET: string;
  /** Its own address, without a slash at the end. */
  readonly BASE_URL: string;
  readonly PORT: string;
  readonly SESSION_SECRET: string;
}

/** Software that signs users in with Postern. At `/` nobody is asked who they are, at `/me` somebody is. */
export interface Product {
  name: string;
  /** The folder beside this file that has its configuration or its small application. */
  folder: string;
  /** What the machine must have: commands such as `python3`, or `root`. */
  needs?: readonly string[];
  /** Installs it into an empty folder that is removed afterwards. */
  install?: (installed: string) => void;
  command: (installed: string) => readonly [string, ...string[]];
  /** Its environment, beside the settings. */
  environment?: (settings: Settings, installed: string) => Record<string, string>;
  redirectPath: string;
  /** Where Postern tells it that a session has ended, if it listens. */
  backchannelPath?: string;
  /** Of its application in Postern, where the initial values are not enough. */
  fields?: Record<string, unknown>;
  /** From its own page that offers a sign-in to Postern's, where it has one. */
  beginsSignIn?: (traveller: Traveller, page: Place) => Promise<Place>;
  /** The path, with a query where it wants one. */
  signOut: string | ((settings: Settings) => string);
  /** Its first page as it sends the address to Postern: with a slash at the end unless told. */
  comesBackTo?: '';
  /** From the page that is there, where there is one, to its first page. */
  endsSignOut?: (traveller: Traveller, page: Place) => Promise<Place>;
  /** What `/me` shows of whoever signed in. */
  tells: readonly ('sub' | 'name' | 'email')[];
  /** More tests, of what it alone does. */
  tests?: (context: { postern: () => TestApp; base: () => string }) => void;
  /** How it finds out that a session has ended. */
  hears: 'by back-channel logout' | 'at userinfo' | 'at the next refresh';
}

const sessionSecret = 'a secret of the tests that signs the cookies of applications';

/** Its users sign in, are known, sign out, and find their sessions ended. */
export function tellOf(product: Product, postern: () => TestApp): void {
  const { name, redirectPath, backchannelPath, tells, fields } = product;
  const missing = product.needs?.filter((need) => !has(need)) ?? [];
  const skip = missing.length > 0 && `it needs ${missing.join(', ')}, which is not here`;
  describe(name, { skip }, () => {
    let settings: Settings;
    let base: string;
    let installed: string;
    let application: ApplicationView;
    let program: Program;

    before(async () => {
      const app = postern();
      const port = await freePort();
      base = `http://localhost:${port}`;
      application = await app.admin.createApplication({
        type: 'web',
        name,
        redirect_uris: [base + redirectPath],
        post_logout_redirect_uris: [base + (product.comesBackTo ?? '/')],
        ...(backchannelPath && { backchannel_logout_uri: base + backchannelPath }),
        ...fields,
      });
      settings = {
        ISSUER: app.url,
        CLIENT_ID: application.client_id,
        CLIENT_SECRET: application.client_secret ?? '',
        BASE_URL: base,
        PORT: String(port),
        SESSION_SECRET: sessionSecret,
      };
      installed = mkdtempSync(join(tmpdir(), 'postern-interop-'));
      product.install?.(installed);
      program = new Program(product, settings, installed);
      await program.answers(`${base}/`);
    });
    after(async () => {
      await program?.end();
      if (installed) removeAll(installed);
      if (application) await postern().admin.deleteApplication(application.id);
    });

    const someone = () => postern().admin.createUser({ name: 'Ada Lovelace' });

    test('signs a user in and knows who it is', async () => {
      const person = await someone();
      await isKnown(await signsIn(person), person);
    });

    test('signs out at Postern too, which brings the user back and asks for the password the next time', async () => {
      const person = await someone();
      const traveller = await signsIn(person);
      const path = typeof product.signOut === 'string' ? product.signOut : product.signOut(settings);
      const asked = await traveller.open(base + path);
      const place = product.endsSignOut ? await product.endsSignOut(traveller, asked) : asked;
      assert.equal(place.url.origin + place.url.pathname, `${base}/`, program.explain(place));
      await isKnown(await signsIn(person, traveller), person);
    });

    test(`forgets a user whom the administrator deactivates: ${product.hears}`, async () => {
      const person = await someone();
      const traveller = await signsIn(person);
      await isKnown(traveller, person);
      await postern().admin.updateUser(person.id, { active: false });
      await eventually(async () => !isMe(await traveller.open(`${base}/me`)));
      await isAskedToSignIn(traveller);
    });

    product.tests?.({ postern, base: () => base });

    const isMe = ({ url }: Place) => url.origin + url.pathname === `${base}/me`;

    async function isAskedToSignIn(traveller: Traveller): Promise<Place> {
      const first = await traveller.open(`${base}/me`);
      const place = product.beginsSignIn ? await product.beginsSignIn(traveller, first) : first;
      assert.equal(place.url.origin + place.url.pathname, `${postern().url}/login`, program.explain(place));
      return place;
    }

    async function signsIn(person: Person, traveller = new Traveller()): Promise<Traveller> {
      const place = await traveller.passThrough(await isAskedToSignIn(traveller), person);
      assert.equal(place.url.origin, base, program.explain(place));
      return traveller;
    }

    async function isKnown(traveller: Traveller, person: Person): Promise<void> {
      const place = await traveller.open(`${base}/me`);
      assert.equal(place.status, 200, program.explain(place));
      assert.ok(isMe(place), program.explain(place));
      const known = { sub: person.id, name: person.name, email: person.email };
      for (const what of tells) assert.ok(place.html.includes(known[what]), program.explain(place));
    }
  });
}

function has(need: string): boolean {
  return need === 'root' ? process.getuid?.() === 0 : spawnSync(need, ['--version']).error === undefined;
}

/**
 * Runs a command of an installation to its end.
 * @throws Error with what it printed, when it fails or takes more than nine minutes
 */
export function run(
  file: string,
  args: readonly string[],
  options: { cwd?: string; env?: object } = {},
): void {
  const { status, error, stdout, stderr } = spawnSync(file, args, {
    ...options,
    env: { ...process.env, ...options.env },
    encoding: 'utf8',
    timeout: 540_000,
  });
  if (status !== 0)
    throw new Error(`${file} ${args.join(' ')}: ${error?.message ?? ''}\n${stdout}\n${stderr}`);
}

/** Asks until the answer is yes. @throws AssertionError after ten seconds */
async function eventually(ask: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await ask())) {
    assert.ok(performance.now() < deadline, 'it has not come to it within ten seconds');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Go makes the folders of its modules read-only, which would keep them from being removed. */
function removeAll(folder: string): void {
  spawnSync('chmod', ['-R', 'u+w', folder]);
  rmSync(folder, { recursive: true, force: true });
}

/** The process of a product, with whatever it starts in its turn. */
class Program {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #printed = '';

  constructor({ name, folder, command, environment }: Product, settings: Settings, installed: string) {
    const [file, ...args] = command(installed);
    const { PATH = '', HOME = '', TMPDIR = '' } = process.env;
    this.#name = name;
    this.#child = spawn(file, args, {
      cwd: join(import.meta.dirname, folder),
      env: { PATH, HOME, ...(TMPDIR && { TMPDIR }), ...settings, ...environment?.(settings, installed) },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that what a build tool or a web server starts ends with it.
      detached: true,
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#printed = (this.#printed + text).slice(-20_000);
      });
    this.#ended = new Promise((resolve) => {
      this.#child.on('close', () => resolve());
      this.#child.on('error', (error) => {
        this.#printed += error.message;
        resolve();
      });
    });
    process.once('exit', () => this.#signal('SIGKILL'));
  }

  /** Waits until it answers there, with whatever. @throws Error after a minute */
  async answers(address: string): Promise<void> {
    const url = new URL(address);
    const deadline = performance.now() + 60_000;
    const isUp = () =>
      send({ url: url.origin, port: Number(url.port) }, url.pathname, { timeout: 2000 }).then(
        () => true,
        () => false,
      );
    while (!(await isUp())) {
      if (this.#child.exitCode !== null || this.#child.pid === undefined)
        throw new Error(`${this.#name} ended:\n${this.#printed}`);
      if (performance.now() > deadline)
        throw new Error(`${this.#name} was not ready within a minute:\n${this.#printed}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** What to say when it showed this page instead of another. */
  explain({ url, status, html }: Place): string {
    return `${url} (${status}):\n${html.slice(0, 2000)}\n${this.#name} printed:\n${this.#printed}`;
  }

  async end(): Promise<void> {
    this.#signal('SIGTERM');
    const timer = setTimeout(() => this.#signal('SIGKILL'), 5000);
    await this.#ended;
    clearTimeout(timer);
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    process.kill(-pid, signal);
  }
}
