import assert from 'node:assert/strict';
import fc from 'fast-check';
import { OAuthError, type OAuthErrorCode } from '../../server/oauth/errors.ts';

/** Any text a program can hold, halves of surrogate pairs and control characters included. */
export const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.array(fc.nat({ max: 0xffff })).map((units) => String.fromCharCode(...units)),
);
/** Any text that can come over the wire. */
export const wireText = fc.string({ unit: 'binary' });

/** Texts of these pieces in any order: what has a meaning to a parser comes up often. */
export function textOfPieces(...pieces: string[]): fc.Arbitrary<string> {
  const piece = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...pieces) }, fc.string({ maxLength: 3 }));
  return fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));
}

/** One small change of a text or of bytes: another character, one less or one more. */
export interface Change {
  readonly at: number;
  readonly kind: 'replace' | 'remove' | 'insert';
  readonly by: string;
}

/** The characters of tokens, and some that are none. */
export const base64urlish = [
  ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. \n\u0000é',
];

export function changeBy(...characters: string[]): fc.Arbitrary<Change> {
  return fc.record({
    at: fc.nat({ max: 1_000_000 }),
    kind: fc.constantFrom('replace', 'remove', 'insert'),
    by: fc.constantFrom(...characters),
  });
}

export function changed(text: string, { at, kind, by }: Change): string {
  const place = at % (text.length + (kind === 'insert' ? 1 : 0));
  return (
    text.slice(0, place) + (kind === 'remove' ? '' : by) + text.slice(place + (kind === 'insert' ? 0 : 1))
  );
}

/** Where to damage bytes, and how. */
export const byteChanges = fc.array(
  fc.record({ at: fc.nat({ max: 1_000_000 }), by: fc.nat({ max: 255 }), cut: fc.nat({ max: 40 }) }),
  { minLength: 1, maxLength: 4 },
);

/** The bytes with some of them replaced, and now and then the rest cut off. */
export function damaged(
  bytes: Uint8Array,
  changes: readonly { at: number; by: number; cut: number }[],
): Buffer {
  let result = Buffer.from(bytes);
  for (const { at, by, cut } of changes) {
    if (result.length === 0) break;
    result[at % result.length] = by;
    if (cut === 0) result = result.subarray(0, at % result.length);
  }
  return result;
}

/** What it returns, or the OAuth error that it throws; any other error goes through. */
export function orOAuthError<T>(run: () => T, ...codes: OAuthErrorCode[]): T | OAuthError {
  try {
    return run();
  } catch (error) {
    assert.ok(error instanceof OAuthError && codes.includes(error.code), String(error));
    return error;
  }
}
