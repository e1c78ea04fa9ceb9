import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { fromBase64url } from '../../server/base/base64url.ts';

test('of all spellings of the same bytes one is read', () => {
  for (let length = 0; length < 70; length++) {
    const bytes = randomBytes(length);
    const text = bytes.toString('base64url');
    assert.deepEqual(fromBase64url(text), bytes);
    for (const other of [`${text}=`, `${text}\n`, ` ${text}`, `${text}.`, `${text}A`]) {
      if (other.length % 4 !== 1 && /^[\w-]*$/.test(other)) continue; // other bytes, spelled as they should be
      assert.equal(fromBase64url(other), undefined, other);
    }
  }
  // Four bits, or two, that belong to no byte.
  assert.deepEqual(fromBase64url('AA'), Buffer.of(0));
  for (const other of ['AB', 'AP', 'AAB', 'AAD', '+w', '/w', 'AA=='])
    assert.equal(fromBase64url(other), undefined, other);
});
