import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { send } from '../support/http.ts';
import { startApp } from '../support/test-app.ts';

test('strangers who ask a server that cannot write cost it one try a second, and a line in the log when that changes', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const operator = new DatabaseSync(app.database.url.slice('sqlite:'.length));
  try {
    const ask = async () => (await send(app, '/readyz')).status;
    const lines = (text: string) => app.logText().split(`"msg":"${text}"`).length - 1;
    const until = async (status: number) => {
      while ((await ask()) !== status) await sleep(50);
    };
    await until(200);
    assert.deepEqual([lines('not ready'), lines('ready again')], [0, 0]);

    // Refuses what the server tries, and remembers that it was tried.
    operator.exec(`
      CREATE TABLE tries (number INTEGER);
      CREATE TRIGGER refused BEFORE UPDATE ON migrations
      BEGIN INSERT INTO tries VALUES (NEW.number); SELECT RAISE(FAIL, 'refused'); END`);
    await until(503);
    const started = performance.now();
    for (let count = 0; count < 100; count++) {
      assert.deepEqual(await Promise.all([ask(), ask()]), [503, 503]);
      await sleep(10);
    }
    assert.equal(lines('request failed'), 0);
    const seconds = (performance.now() - started) / 1000;
    const { tries } = operator.prepare('SELECT count(*) AS tries FROM tries').get() as { tries: number };
    assert.ok(tries <= 2 + seconds / 0.9, `${tries} tries in ${seconds} s`);
    assert.deepEqual([lines('not ready'), lines('ready again')], [1, 0]);

    operator.exec('DROP TRIGGER refused');
    await until(200);
    assert.deepEqual([lines('not ready'), lines('ready again')], [1, 1]);
  } finally {
    operator.close();
    await app.close();
  }
});
