/** A value of ASN.1 in DER: its tag, what is in it, and all of its bytes. */
export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly whole: Uint8Array;
}

export const tags = {
  integer: 0x02,
  bitString: 0x03,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  firstContext: 0xa0,
} as const;

/** The bytes are not DER, or not as long as they say. */
export class NotDer extends Error {}

/** The value that begins at an offset. @throws NotDer */
export function readDer(bytes: Uint8Array, offset = 0): DerValue {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined) throw new NotDer();
  let length = first;
  let start = offset + 2;
  if (first >= 0x80) {
    const size = first & 0x7f;
    if (size === 0 || size > 4) throw new NotDer();
    length = 0;
    for (const byte of bytes.subarray(start, start + size)) length = length * 256 + byte;
    start += size;
  }
  const end = start + length;
  if (end > bytes.length) throw new NotDer();
  return { tag, content: bytes.subarray(start, end), whole: bytes.subarray(offset, end) };
}

/** What a sequence or set holds, in order. @throws NotDer */
export function partsOf(value: DerValue): DerValue[] {
  const parts: DerValue[] = [];
  for (let offset = 0; offset < value.content.length; ) {
    const part = readDer(value.content, offset);
    parts.push(part);
    offset += part.whole.length;
  }
  return parts;
}

/** What the bytes hold if they are one sequence and nothing else. @throws NotDer */
export function readSequence(bytes: Uint8Array): DerValue[] {
  const value = readDer(bytes);
  if (value.tag !== tags.sequence || value.whole.length !== bytes.length) throw new NotDer();
  return partsOf(value);
}

/** Part number `index`, which must have that tag. @throws NotDer */
export function partAt(parts: readonly DerValue[], index: number, tag: number): DerValue {
  const part = parts[index];
  if (part?.tag !== tag) throw new NotDer();
  return part;
}

/** A number without the sign byte that DER may put before it. */
export function unsigned(content: Uint8Array): Uint8Array {
  const first = content.findIndex((byte) => byte !== 0);
  return first === -1 ? content.subarray(content.length) : content.subarray(first);
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
