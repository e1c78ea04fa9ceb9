import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { send } from '../support/http.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';
import { tellOf } from './product.ts';
import { run } from './program.ts';

let app: TestApp;
before(async () => {
  app = await startApp({ engine: 'sqlite' });
});
after(() => app.close());

for (const version of ['3.5.16', '4.1.2'])
  tellOf(
    {
      name: `Spring Boot ${version}`,
      folder: 'spring',
      needs: ['java', 'mvn'],
      install: (installed) =>
        run(
          'mvn',
          ['--batch-mode', '--quiet', `-Dspring-boot.version=${version}`, `-Dfolder=${installed}`, 'package'],
          {
            cwd: join(import.meta.dirname, 'spring'),
          },
        ),
      command: (installed) => ['java', '-jar', join(installed, 'app-1.jar')],
      redirectPath: '/login/oauth2/code/postern',
      backchannelPath: '/logout/connect/back-channel/postern',
      fields: { id_token_signed_response_alg: 'RS256' },
      signOut: '/logout',
      // Its own page, which asks whether the user wants to.
      endsSignOut: (traveller, page) => traveller.submit(page, {}),
      tells: ['sub', 'name', 'email'],
      hears: 'by back-channel logout',
      tests: ({ postern, base }) => {
        test('takes access tokens of Postern for its API, and nothing else', async () => {
          const application = await postern().admin.createApplication({
            type: 'web',
            redirect_uris: ['https://client.example.com/callback'],
          });
          const client = new OAuthClient(postern(), application);
          const person = await postern().admin.createUser();
          const tokens = await client.authorize(postern().browser(), person, {
            scope: 'openid api offline_access',
          });
          const less = await client.authorize(postern().browser(), person, {
            scope: 'openid offline_access',
          });
          const { port } = new URL(base());
          const asked = (token: unknown) =>
            send({ url: base(), port: Number(port) }, '/api/me', {
              headers: { authorization: `Bearer ${token}` },
            });
          const answer = await asked(tokens.access_token);
          assert.deepEqual([answer.status, answer.text], [200, JSON.stringify({ sub: person.id })]);
          assert.equal((await asked(less.access_token)).status, 403);
          assert.equal((await asked((tokens as unknown as { id_token: string }).id_token)).status, 401);
          await postern().admin.deleteApplication(application.id);
        });
      },
    },
    () => app,
  );
