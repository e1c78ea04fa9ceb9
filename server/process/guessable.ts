import { deflateRawSync } from 'node:zlib';

/** How many bits a value must hold at least, by the two measures below. */
export interface LeastBits {
  readonly variety: number;
  readonly description: number;
}

/**
 * 32 hexadecimal digits that were drawn at random have more of both, a hundred thousand times out of a hundred thousand: 216 of the
 * second at least. What is repeated in 32 bytes has about 150 at most.
 */
export const leastOfSecret: LeastBits = { variety: 80, description: 160 };
/** People choose it, so only what is no choice at all is refused. */
export const leastOfPassword: LeastBits = { variety: 20, description: 50 };
export const leastOfToken: LeastBits = { variety: 16, description: 30 };

/** What documents of ours gave as a value once, in this version or an earlier one. */
const examples = [
  'correct horse battery',
  'replace-this-by-the-output-of-openssl-rand-hex-32',
  'replace-this-too-please',
];
const placeholder =
  /change.?(?:me|it|this)|replace.?(?:me|it|this|with|by)|place.?holder|your.{0,3}(?:secret|password|passphrase|token|key)|^<.*>$|^…$/i;
/** What a shell or a template would have put something else in the place of; a .env file and a manifest do not. */
const unexpanded = /\$\(|^`.*`$|^\$\{?\w+\}?$|\{\{.*\}\}|\bopenssl rand\b/;
/** Nothing but one of these and digits. What else people choose is theirs to choose, as on the pages. */
const commonest = /^(?:(?:pass|p@ss)(?:word|w0rd)|qwerty|letmein|welcome|secret|administrator)+[\d!.]*$/i;
const keyboardRows = /qwertyuiop|qwertzuiop|azertyuiop|asdfghjkl|zxcvbnm/gi;

/**
 * Why somebody who has read our documents, or tries what people do not think about, would guess this value.
 * @returns the end of a sentence that begins with the setting's name, without the value; null when nothing is wrong with it.
 *   That does not make it a good one: what people make up cannot be measured
 */
export function whyGuessable(value: string, least: LeastBits): string | null {
  if (examples.includes(value)) return 'is an example of the documents, which everybody knows';
  if (unexpanded.test(value)) return 'is the text of a command or variable, in whose place nothing was put';
  if (placeholder.test(value)) return 'is a placeholder, which everybody knows';
  const bytes = Buffer.from(value.replaceAll(keyboardRows, ''));
  if (
    commonest.test(value) ||
    varietyOf(bytes) < least.variety ||
    Math.min(descriptionOf(bytes), descriptionOf(steps(bytes))) < least.description
  )
    return 'is easy to guess: too few different characters, a repetition or a sequence';
  return null;
}

/** The entropy of its characters, as if each were drawn by itself, in bits. */
function varietyOf(bytes: Buffer): number {
  const counts = new Map<number, number>();
  for (const byte of bytes) counts.set(byte, (counts.get(byte) ?? 0) + 1);
  return [...counts.values()].reduce((bits, count) => bits + count * Math.log2(bytes.length / count), 0);
}

/** How short it can be said, in bits: repetitions cost nearly nothing. Two bytes say that there is something. */
function descriptionOf(bytes: Buffer): number {
  return 8 * (deflateRawSync(bytes, { level: 9 }).length - 2);
}

/** From each character to the next, so that `abcdef…` is a repetition too. */
function steps(bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((byte, index) => byte - (bytes[index - 1] ?? 0)));
}
