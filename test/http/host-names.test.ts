import assert from 'node:assert/strict';
import { test } from 'node:test';
import { send } from '../support/http.ts';
import { startApp } from '../support/test-app.ts';

test('a server whose host name has an underscore answers under it', async (t) => {
  const app = await startApp({ engine: 'sqlite', url: 'https://my_app.example.com' });
  t.after(() => app.close());
  for (const host of ['my_app.example.com', 'My_App.example.com', 'my_app.example.com:80'])
    assert.equal((await send(app, '/oauth2/jwks', { headers: { host } })).status, 200, host);
  assert.equal((await send(app, '/oauth2/jwks', { headers: { host: 'my-app.example.com' } })).status, 421);
});
