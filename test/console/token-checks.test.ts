import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { Api } from '../../console/src/api/types.ts';
import { checkLanguages } from '../../console/src/apis/check/languages.ts';
import { checkValuesOf } from '../../console/src/apis/check/values.ts';
import type { ApplicationView } from '../support/admin.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { startApp } from '../support/test-app.ts';

// The programs that the page of an API shows, run as they are.

describe('the program for Node.js that checks tokens of an API', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const folder = await mkdtemp(join(tmpdir(), 'postern-checks-'));
  await symlink(join(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'));
  after(() => rm(folder, { recursive: true, force: true }));
  const scopes = (...names: string[]) => names.map((name) => ({ name, description: name }));
  const add = (identifier: string, more: object) =>
    app.admin.must<Api>('POST', '/apis', { identifier, name: identifier, ...more });
  const usual = await add("https://orders.example.com/it's", { scopes: scopes('orders', 'more') });
  const old = await add('urn:example:old', {
    scopes: scopes('old'),
    signing_alg: 'RS256',
    token_typ: 'JWT',
  });
  const web = new OAuthClient(
    app,
    await app.admin.must<ApplicationView>('POST', '/applications', {
      type: 'web',
      name: 'Web',
      redirect_uris: ['https://client.example.com/callback'],
      id_token_signed_response_alg: 'RS256',
      scopes: ['openid', 'orders', 'more', 'old'],
    }),
  );
  const tokensFor = (scope: string) => web.authorize(app.browser(), app.user, { scope });

  for (const [api, scope] of [
    [usual, 'orders'],
    [old, 'old'],
  ] as const)
    test(`lets in what is for it, and nothing else (${api.signing_alg}, ${api.token_typ})`, async () => {
      const [program] =
        checkLanguages(checkValuesOf(api, app.url)).find(({ id }) => id === 'node')?.files ?? [];
      assert.ok(program);
      const file = join(folder, program.fileName);
      await writeFile(file, program.text);
      const run = (token: string) =>
        new Promise<string>((resolve) =>
          execFile(process.execPath, [file], { env: { ACCESS_TOKEN: token } }, (error, said, problem) =>
            resolve(error ? `refused: ${problem}` : said),
          ),
        );
      const good = await tokensFor(`openid ${scope}`);
      const [right, wrongApi, wrongScope, idToken] = await Promise.all([
        run(good.access_token),
        run((await tokensFor(api === usual ? 'old' : 'orders')).access_token),
        api === usual ? run((await tokensFor('more')).access_token) : 'refused: has not the scope',
        run((good as unknown as { id_token: string }).id_token),
      ]);
      assert.match(right, new RegExp(app.user.id));
      for (const answer of [wrongApi, wrongScope, idToken]) assert.match(answer, /^refused/);
      assert.match(wrongScope, /has not the scope/);
    });
});
