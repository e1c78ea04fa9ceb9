import assert from 'node:assert/strict';
import { Refusal, type RefusalCode } from '../../server/base/refusal.ts';

/** The work throws a refusal of that code. */
export function refuses(code: RefusalCode, work: () => unknown): void {
  assert.throws(work, (error) => error instanceof Refusal && error.code === code);
}

/** The work ends in a refusal of that code. */
export async function refusesLater(
  code: RefusalCode,
  work: () => Promise<unknown>,
  what = '',
): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof Refusal, `${what}: ${error}`);
    assert.equal(error.code, code, what);
    return true;
  });
}
