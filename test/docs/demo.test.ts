import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Runs the demo as `npm run demo -- --once` does. */
function runDemo(): Promise<{ code: number | string | null; printed: string }> {
  return new Promise((done) => {
    const { PATH, HOME } = process.env;
    const options = { cwd: root, env: { PATH, HOME }, timeout: 60_000 };
    execFile(process.execPath, ['examples/demo.ts', '--once'], options, (error, stdout, stderr) =>
      done({ code: error ? (error.code ?? error.signal ?? null) : 0, printed: stdout + stderr }),
    );
  });
}

test('the demo walks through every flow, shows each request, hides the secrets, and ends with status 0', async () => {
  const { code, printed } = await runDemo();
  assert.equal(code, 0, printed);
  for (const line of [
    /> GET http:\/\/localhost:\d+\/oauth2\/authorize\?response_type=code/,
    /> POST http:\/\/localhost:\d+\/login/,
    /> POST http:\/\/localhost:\d+\/consent/,
    /< 30[23] -> http:\/\/localhost:\d+\/callback\?code=.{8}….{4}&/,
    /grant_type=authorization_code/,
    /Authorization: Bearer .{8}….{4}\n {3}< 200 {"data":\[{"ID":/,
    /sessionID: .{8}….{4}\n {3}< 200 {"data":\[{"ID":/,
    /< 401 .*You are not currently logged in\./,
    /grant_type=refresh_token&refresh_token=prt_.{4}….{4}/,
    /> POST http:\/\/localhost:\d+\/integrations\/oauth2\/api\/v1\/jwt\/exchange/,
    /"token_type":"sessionID"/,
    /grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=/,
    /> POST http:\/\/localhost:\d+\/oauth2\/revoke/,
    /< 400 {"error":"invalid_grant"/,
    /< 303 -> http:\/\/localhost:\d+\/hand-over\?login_request=/,
    /< 303 -> http:\/\/localhost:\d+\/login\/handover\/\w+\?response=.{8}….{4}\n/,
    /> POST http:\/\/localhost:\d+\/disconnect/,
    /Every step did what it should\./,
  ])
    assert.match(printed, line);
  assert.doesNotMatch(printed, /p(cs|rt)_[\w-]{5}/);
  assert.doesNotMatch(printed, /eyJ[\w-]{20}/);
});
