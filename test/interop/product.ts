import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ApplicationView } from '../support/admin.ts';
import type { Person } from '../support/browser.ts';
import { freePort } from '../support/postgres.ts';
import type { TestApp } from '../support/test-app.ts';
import { type Place, Traveller } from '../support/traveller.ts';
import { has, Program, removeAll } from './program.ts';

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
      program = new Program({
        name,
        folder: join(import.meta.dirname, product.folder),
        command: product.command(installed),
        environment: { ...settings, ...product.environment?.(settings, installed) },
      });
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

/** Asks until the answer is yes. @throws AssertionError after ten seconds */
async function eventually(ask: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await ask())) {
    assert.ok(performance.now() < deadline, 'it has not come to it within ten seconds');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
