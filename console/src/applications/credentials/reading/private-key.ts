import { fromBase64 } from './base64.ts';
import { toHex } from './der.ts';

const mark = /(BEGIN|END)[ \w-]{0,40}PRIVATE[ _-]?KEY|PuTTY-User-Key-File/i;
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

/**
 * Whether a text is or holds a private or shared key, as far as can be told: by its PEM lines, by its bytes without
 * them, or as a JSON Web Key. Such a text must never leave the page, so in doubt it is one.
 */
export function isPrivateKey(text: string): boolean {
  return mark.test(text) || isPrivateJson(text) || bodiesOf(text).some(isPrivateBytes);
}

/** Whether bytes begin as a private key does, even if they are cut off: PKCS#8, PKCS#1, SEC 1, PKCS#12, OpenSSH. */
export function isPrivateBytes(bytes: Uint8Array): boolean {
  const text = Array.from(bytes.subarray(0, 4096), (byte) => String.fromCharCode(byte)).join('');
  if (mark.test(text) || text.startsWith('openssh-key-v1')) return true;
  if (bytes[0] !== 0x30) return false;
  const long = (bytes[1] ?? 0) > 0x80 ? (bytes[1] ?? 0) & 0x7f : 0;
  const start = toHex(bytes.subarray(2 + long, 2 + long + 24));
  // A version comes first in all of them; in no public key or certificate does a short number come first.
  if (/^0201(00|01|03)/.test(start)) return true;
  // Encrypted PKCS#8: the way of encryption comes first.
  return /^30([0-7].|81..|82....)06(092a864886f70d0105|0a2a864886f70d010c01)/.test(start);
}

function bodiesOf(text: string): Uint8Array[] {
  const bodies = [text, ...[...text.matchAll(/-----BEGIN[^-]*-----([^-]*)/g)].map(([, body = '']) => body)];
  return bodies.map((body) => fromHex(body) ?? fromBase64(body)).filter((bytes) => bytes !== null);
}

function fromHex(text: string): Uint8Array | null {
  const digits = text.replaceAll(/[\s:]/g, '');
  if (digits.length < 40 || digits.length % 2 === 1 || !/^[0-9a-f]+$/i.test(digits)) return null;
  return Uint8Array.from(digits.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

function isPrivateJson(text: string): boolean {
  if (!/^\s*[[{"]/.test(text)) return false;
  try {
    return holdsPrivate(JSON.parse(text));
  } catch {
    return /"(d|k|p|q|dp|dq|qi)"\s*:/.test(text);
  }
}

function holdsPrivate(root: unknown): boolean {
  // A list of what is still to be looked at: recursion would end where something is nested deeply enough.
  const waiting = [root];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value === 'string' && isPrivateKey(value)) return true;
    if (typeof value !== 'object' || value === null) continue;
    if ('kty' in value && value.kty === 'oct') return true;
    if (privateMembers.some((member) => member in value)) return true;
    for (const member of Object.values(value)) waiting.push(member);
  }
  return false;
}
