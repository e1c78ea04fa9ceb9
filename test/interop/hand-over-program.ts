import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { hasButton, hasField } from '../support/browser.ts';
import { send } from '../support/http.ts';
import { freePort } from '../support/postgres.ts';
import type { TestApp } from '../support/test-app.ts';
import { type Place, Traveller } from '../support/traveller.ts';
import { has, Program, removeAll } from './program.ts';

/** A language in which docs/sign-in.md has the endpoint of a hand-over. */
export interface Language {
  /** Its heading there. */
  readonly name: string;
  /** The folder in `hand-over/` that has the rest of a product: the page `/sign-in`, and what starts it. */
  readonly folder: string;
  /** Where the program of the page belongs. */
  readonly file: string;
  /** What the machine must have. */
  readonly needs: readonly string[];
  readonly install?: (folder: string) => void;
  readonly command: (folder: string, port: number) => readonly [string, ...string[]];
  /** Where the key belongs; beside the rest unless told. */
  readonly key?: string;
  readonly endpoint?: string;
  readonly keySet?: string;
}

/** The program that docs/sign-in.md shows for a language. */
export function programFor(name: string): string {
  const page = readFileSync(join(import.meta.dirname, '../../docs/sign-in.md'), 'utf8');
  const [, section = ''] = page.split(`\n#### ${name}\n`);
  const [, program] = /^```\w+\n([\s\S]*?)^```$/m.exec(section) ?? [];
  assert.ok(program, `docs/sign-in.md has no program for ${name}`);
  return program;
}

/** A product with the endpoint of the page hands its users over, and only those whom it should. */
export function tellOfHandOver(language: Language, postern: () => TestApp): void {
  const { name, endpoint = '/hand-over', keySet = '/jwks.json' } = language;
  const missing = language.needs.filter((need) => !has(need));
  const skip = missing.length > 0 && `it needs ${missing.join(', ')}, which is not here`;
  describe(`the endpoint of docs/sign-in.md in ${name}`, { skip }, () => {
    let folder: string;
    let base: string;
    let provider: { id: string; handover_url: string };
    let program: Program;

    before(async () => {
      const app = postern();
      const port = await freePort();
      base = `http://localhost:${port}`;
      folder = mkdtempSync(join(tmpdir(), 'postern-hand-over-'));
      cpSync(join(import.meta.dirname, 'hand-over', language.folder), folder, { recursive: true });
      mkdirSync(dirname(join(folder, language.file)), { recursive: true });
      writeFileSync(join(folder, language.file), programFor(name));
      const key = join(folder, language.key ?? 'hand-over.pem');
      const command = `genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out ${key}`;
      execFileSync('openssl', command.split(' '), { stdio: 'ignore' });
      language.install?.(folder);
      provider = await app.admin.must('POST', '/identity-providers', {
        type: 'handover',
        name,
        issuer: 'https://harbour.example',
        login_url: base + endpoint,
        jwks_uri: base + keySet,
      });
      program = new Program({
        name,
        folder,
        command: language.command(folder, port),
        environment: {
          POSTERN: app.url,
          PROVIDER_ID: provider.id,
          PRODUCT: 'https://harbour.example',
          PORT: String(port),
          SESSION_SECRET: 'a secret of the tests that signs the cookies of products',
        },
      });
      await program.answers(base + keySet);
    });
    after(async () => {
      await program?.end();
      if (folder) removeAll(folder);
      if (provider) await postern().admin.must('DELETE', `/identity-providers/${provider.id}`);
    });

    const person = () => ({
      email: `${language.folder}-${++people}@example.com`,
      password: 'of the product',
    });

    /** Goes there from Postern, and to where that leads. */
    const begins = (traveller: Traveller, query = '') =>
      traveller.open(`${postern().url}/login/with/${provider.id}?return_to=/account${query}`);

    const isAsked = (place: Place) =>
      assert.ok(place.url.origin === base && hasField(place, 'password'), program.explain(place));

    async function signsIn(traveller: Traveller, place: Place, who = person()): Promise<string> {
      isAsked(place);
      isIn(await traveller.submit(place, who), who.email);
      return who.email;
    }

    function isIn(place: Place, email: string): void {
      assert.equal(place.url.href, `${postern().url}/account`, program.explain(place));
      assert.ok(place.html.includes(email), program.explain(place));
    }

    test('signs a user in here under the name and the ID that they have there', async () => {
      const traveller = new Traveller();
      const email = await signsIn(traveller, await begins(traveller));
      const { data } = await postern().admin.must<{ data: object[] }>(
        'GET',
        `/users?subject=${encodeURIComponent(`harbour:${email}`)}`,
      );
      assert.deepEqual(
        data.map((user) => 'name' in user && user.name),
        ['Zoë O’Hara & Söner'],
      );
    });

    test('shows no page to somebody who is signed in there', async () => {
      const traveller = new Traveller();
      const email = await signsIn(traveller, await begins(traveller));
      isIn(await begins(traveller), email);
    });

    test('has them sign in again where that is asked for, and somebody else if they like', async () => {
      const traveller = new Traveller();
      await signsIn(traveller, await begins(traveller));
      for (const query of ['&prompt=login', '&prompt=select_account'])
        await signsIn(traveller, await begins(traveller, query));
    });

    test('has them sign in again where they did so too long ago', async () => {
      const traveller = new Traveller();
      await signsIn(traveller, await begins(traveller));
      const asked = `${base}${endpoint}?login_request=${'x'.repeat(43)}&max_age=`;
      isAsked(await traveller.open(`${asked}-1`));
      assert.equal((await traveller.open(`${asked}600`)).url.origin, postern().url);
    });

    test('says so where nobody is signed in and no page may be shown', async () => {
      const path = `${endpoint}?login_request=${'x'.repeat(43)}&prompt=none&ui_locales=sv`;
      const { headers } = await send({ url: base, port: Number(new URL(base).port) }, path);
      assert.equal(headers['location'], `${provider.handover_url}?error=login_required`);
    });

    test('goes on to the application that waits, whatever its name', async () => {
      const app = postern();
      const fields = { type: 'web' as const, name: 'A & B <“C”> + 100%', redirect_uris: [`${base}/nowhere`] };
      await app.admin.withApplication(fields, async ({ client_id }) => {
        const request = new URLSearchParams({
          response_type: 'code',
          client_id,
          max_age: '60',
          scope: 'api',
        });
        const returnTo = new URLSearchParams({ return_to: `/oauth2/authorize?${request}` });
        const traveller = new Traveller();
        const place = await traveller.open(`${app.url}/login/with/${provider.id}?${returnTo}`);
        isAsked(place);
        const consent = await traveller.submit(place, person());
        assert.ok(hasButton(consent, 'decision'), program.explain(consent));
      });
    });

    test('has given no cause for complaint', async () => {
      const { last_error } = await postern().admin.must('GET', `/identity-providers/${provider.id}`);
      assert.equal(last_error, null);
    });
  });
}

let people = 0;
