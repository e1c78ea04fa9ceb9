import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { handOverAlgorithms, largestPayload } from '../../server/accounts/providers/hand-over-signature.ts';
import { keyHost, publishedPair, signedBy } from '../support/key-host.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// The commands, numbers and sentences of docs/sign-in.md, as far as they are those of a hand-over.

const root = join(import.meta.dirname, '../..');
const [, chapter = ''] =
  /\n## Hand-over\n([\s\S]*?)(?=\n## |$(?![\s\S]))/.exec(read('docs/sign-in.md')) ?? [];

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

test('docs/sign-in.md has the algorithms and the size that the server takes', () => {
  const offered = handOverAlgorithms.filter((name) => name !== 'Ed25519');
  assert.ok(chapter.includes(`Its algorithm is ${offered.slice(0, -1).join(', ')} or ${offered.at(-1)}`));
  assert.ok(chapter.includes(`${largestPayload / 1024} KiB`));
});

test('docs/sign-in.md has every claim that the server looks at, and no other that is required', () => {
  const code = read('server/accounts/providers/hand-over.ts');
  const looked = [...code.matchAll(/claims\['(\w+)'\]|timeOf\(claims, '(\w+)'\)|^ {2}\['(\w+)', /gm)];
  const names = new Set(looked.map(([, ...found]) => found.find(Boolean)).concat('aud', 'jti'));
  names.delete('nbf');
  const [, answer = ''] = chapter.split('\n### What it answers\n');
  const table = [...answer.matchAll(/^\| `(\w+)` \| (.*?) \|/gm)].filter(([, name = '']) => names.has(name));
  assert.deepEqual(table.map(([, name]) => name).sort(), [...names].sort());
  assert.deepEqual(
    table.filter(([, , when]) => when === 'required').map(([, name]) => name),
    ['iss', 'aud', 'iat', 'exp', 'jti', 'login_request', 'sub'],
  );
});

test('docs/sign-in.md quotes what the server says', () => {
  const said = ['hand-over.ts', 'hand-over-signature.ts', 'freshness.ts']
    .map((file) => read(`server/accounts/providers/${file}`))
    .join('\n')
    .replaceAll(/\$\{mostKeysOfSet\}/g, '20')
    .replaceAll(/\$\{name\}/g, 'email_verified');
  const [, table = ''] = /^\| it says \|[^\n]*\n([\s\S]*?)^$/m.exec(chapter) ?? [];
  const quotes = [...table.matchAll(/\*([^*]+)\*/g)].flatMap(([, quote = '']) => quote.split('…'));
  assert.ok(quotes.length > 8);
  assert.deepEqual(
    quotes.map((quote) => quote.trim()).filter((quote) => !said.includes(quote)),
    [],
  );
});

describe('the commands of docs/sign-in.md', () => {
  let app: TestApp;
  let environment: Record<string, string>;
  before(async () => {
    app = await startApp({ engine: 'sqlite' });
    const pair = await publishedPair();
    const { id, client_id } = await app.admin.createApplication({ type: 'machine', scopes: ['admin'] });
    await app.admin.addPublicKey(id, pair.jwk);
    const now = Math.floor(app.clock.now() / 1000);
    const claims = { iss: client_id, sub: app.administrator.id, aud: app.url, exp: now + 60 };
    const answer = await fetch(`${app.url}/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: await signedBy(pair, claims, { kid: undefined }),
        scope: 'admin',
      }),
    });
    const { access_token } = (await answer.json()) as { access_token: string };
    environment = {
      PATH: process.env['PATH'] ?? '',
      api: `${app.url}/api/v1`,
      auth: `Authorization: Bearer ${access_token}`,
      json: 'Content-Type: application/json',
    };
  });

  test('make a key, register the product, and open it to everybody', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'postern-sign-in-'));
    t.after(() => rm(folder, { recursive: true }));
    const host = await keyHost();
    t.after(host.close);
    const commands = [...chapter.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
    const run = async (command = '', more: Record<string, string> = {}) => {
      const env = { ...environment, ...more };
      const { stdout } = await promisify(execFile)(
        'sh',
        ['-ec', command.replaceAll('curl ', 'curl -sS --fail-with-body ')],
        {
          cwd: folder,
          env,
        },
      );
      return stdout;
    };
    const find = (part: string) => commands.find((command) => command.includes(part));

    await run(find('openssl genpkey'));
    assert.match(await run('cat hand-over.pem'), /BEGIN PRIVATE KEY/);
    const provider = JSON.parse(await run(find('"type": "handover"'))) as Record<string, string>;
    assert.equal(provider['handover_url'], `${app.url}/login/handover/${provider['id']}`);
    const PROVIDER_ID = provider['id'] ?? '';
    const patched = JSON.parse(await run(find('"administrator"'), { PROVIDER_ID })) as { claims: object };
    assert.deepEqual(patched.claims, { administrator: { claim: 'role', values: ['owner'] }, copy: [] });
    await run(find('"default": true'), { PROVIDER_ID });
    const browser = app.browser();
    assert.equal((await browser.openPage('/login')).leftTo?.host, 'harbour.example');
    assert.match(
      await run(find('$api/identity-providers/$PROVIDER_ID\n'), { PROVIDER_ID }),
      /"last_error":null/,
    );
    assert.match(await run(find('$api/activity')), /"unknown"/);
    await run(find('/sessions'), { USER_ID: app.user.id });
  });
});
