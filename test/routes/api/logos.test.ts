import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import type { Admin, ApplicationView } from '../../support/admin.ts';
import { forEachEngine } from '../../support/engines.ts';
import { send } from '../../support/http.ts';
import { png } from '../../support/images.ts';
import { noId, refused } from '../../support/problem.ts';
import { startApp, type TestApp } from '../../support/test-app.ts';

forEachEngine((engine) => {
  let app: TestApp;
  let admin: Admin;
  before(async () => {
    app = await startApp({ engine });
    admin = app.admin;
  });
  after(() => app.close());

  const call = (method: string, path: string, body?: object | string | Uint8Array, headers = {}) =>
    admin.call(method, path, body, headers);

  describe('logos', () => {
    test('a logo is drawn anew and served to everybody under a URL that changes with it', async () => {
      await admin.withApplication({ type: 'spa' }, async ({ id }) => {
        const put = await call('PUT', `/applications/${id}/logo`, await png(600, 300), {
          'content-type': 'image/png',
        });
        assert.equal(put.status, 200, put.text);
        const uri = String(put.json<ApplicationView>()['logo_uri']);
        assert.ok(uri.startsWith(`${app.url}/logos/${id}/`));
        const path = uri.slice(app.url.length);
        const logo = await send(app, path);
        assert.equal(logo.status, 200);
        assert.match(String(logo.headers['content-type']), /^image\/png/);
        assert.match(String(logo.headers['cache-control']), /immutable/);
        assert.equal(logo.headers['x-content-type-options'], 'nosniff');

        const again = await admin.must<ApplicationView>('GET', `/applications/${id}`);
        assert.equal(again['logo_uri'], uri);
        const jpeg = await sharp(await png(30, 30))
          .flatten()
          .jpeg()
          .toBuffer();
        const other = await call('PUT', `/applications/${id}/logo`, jpeg, { 'content-type': 'image/png' });
        assert.equal(other.status, 200, 'the bytes say what it is');
        assert.notEqual(other.json<ApplicationView>()['logo_uri'], uri);
        assert.equal((await send(app, path)).status, 404);
        assert.equal(
          (await call('DELETE', `/applications/${id}/logo`, '', { 'content-type': 'application/json' }))
            .status,
          204,
        );
        assert.equal((await call('DELETE', `/applications/${id}/logo`)).status, 204);
        assert.equal((await admin.must<ApplicationView>('GET', `/applications/${id}`))['logo_uri'], null);
      });
      for (const path of ['/logos/x/y', `/logos/${noId}/0123456789abcdef`, '/logos/..%2f..%2f/etc'])
        assert.equal((await send(app, path)).status, 404);
    });

    test('more than 1 MiB is a 413, also in pieces without a length; anything but such an image is a 415', async () => {
      await admin.withApplication({ type: 'web' }, async ({ id }) => {
        const path = `/applications/${id}/logo`;
        const type = { 'content-type': 'image/png' };
        refused(await call('PUT', path, Buffer.alloc(1024 * 1024 + 1), type), 413, 'body_too_large');
        refused(
          await call('PUT', path, Buffer.alloc(1024 * 1024 + 1), { ...type, 'transfer-encoding': 'chunked' }),
          413,
          'body_too_large',
        );
        refused(await call('PUT', path, Buffer.alloc(1024 * 1024), type), 415, 'unsupported_image');
        const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>';
        refused(await call('PUT', path, svg, type), 415, 'unsupported_image');
        refused(
          await call('PUT', path, svg, { 'content-type': 'image/svg+xml' }),
          415,
          'unsupported_media_type',
        );
        refused(await call('PUT', path, { logo: 'x' }), 415, 'unsupported_media_type');
        refused(
          await call(
            'PUT',
            path,
            await sharp(await png(9, 9))
              .gif()
              .toBuffer(),
            { 'content-type': 'image/gif' },
          ),
          415,
          'unsupported_media_type',
        );
        refused(await call('PUT', path, '', type), 415, 'unsupported_image');
        refused(await call('PUT', path), 415, 'unsupported_image');
      });
    });
  });
});
