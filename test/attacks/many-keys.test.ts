import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { makeKeyPair } from '../../server/keys/signing-key.ts';

test('who asks for the first keys of many instances at once takes up no more than one thread', async () => {
  let made = 0;
  const pairs = Array.from({ length: 12 }, async () => {
    await makeKeyPair('RS256');
    made++;
  });
  // It waits for a thread of those that make keys.
  await readFile(import.meta.filename);
  assert.ok(made < 6, `${made} pairs of keys came before a file was read`);
  await Promise.all(pairs);
});
