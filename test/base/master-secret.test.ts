import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { MasterSecret } from '../../server/base/master-secret.ts';

test('no derived key serves two algorithms: whoever makes MACs for a purpose seals nothing for it', async () => {
  const uses = new Map<string, Set<string>>();
  const folder = join(import.meta.dirname, '../../server');
  for (const file of await readdir(folder, { recursive: true })) {
    if (!file.endsWith('.ts')) continue;
    const text = await readFile(join(folder, file), 'utf8');
    for (const [, method = '', purpose = ''] of text.matchAll(
      /\bsecret\s*\.(mac|macs|verifyMac|seal|open)\(\s*'([\w-]+)'/g,
    )) {
      const kind = method === 'seal' || method === 'open' ? 'AES-GCM' : 'HMAC';
      uses.set(purpose, (uses.get(purpose) ?? new Set()).add(kind));
    }
  }
  assert.ok(uses.size >= 6, `found only ${[...uses.keys()]}`);
  for (const [purpose, kinds] of uses) assert.equal(kinds.size, 1, `${purpose}: ${[...kinds]}`);
});

test('what is sealed for one purpose or context opens for no other', () => {
  const secret = new MasterSecret(['a master secret that is long enough for a test']);
  const sealed = secret.seal('consent-form', 'text', 'here');
  assert.equal(secret.open('consent-form', sealed, 'here')?.plain.toString(), 'text');
  assert.equal(secret.open('consent-form', sealed, 'there'), undefined);
  assert.equal(secret.open('signing-key', sealed, 'here'), undefined);
});
