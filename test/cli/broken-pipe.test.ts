import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inDirectory } from '../support/server-process.ts';

const main = fileURLToPath(new URL('../../server/main.mjs', import.meta.url));
const create = ['instance', 'create', '--name', 'Acme', '--url', 'https://acme.example.com'];

test('a command whose output nobody reads to its end, as of head, does its work and prints no stack', () =>
  inDirectory(async (cwd) => {
    for (const args of [['--help'], create]) {
      const command = spawn(process.execPath, [main, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
      command.stdout.destroy();
      const [said] = await Promise.all([text(command.stderr), once(command, 'close')]);
      assert.equal(said, '', args.join(' '));
      assert.equal(command.exitCode, 1, args.join(' '));
    }
    const list = spawn(process.execPath, [main, 'instance', 'list'], { cwd });
    assert.match(await text(list.stdout), /^acme /m);
  }));
