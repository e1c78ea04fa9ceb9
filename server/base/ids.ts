import { randomFillSync } from 'node:crypto';
import type { Instant } from './units.ts';

/** 32 lower-case hexadecimal digits. In the database: the same 16 bytes. */
export type Id = string & { readonly id: unique symbol };

const pattern = /^[0-9a-f]{32}$/;

/** The ID that a stranger wrote, or undefined when it cannot be one (so no query is needed to say 404). */
export function parseId(text: unknown): Id | undefined {
  return typeof text === 'string' && pattern.test(text) ? (text as Id) : undefined;
}

let lastTime = 0;
let lastSequence = 0;

/**
 * A new time-ordered ID: a UUID of version 7 (RFC 9562) without dashes. IDs made by one process at one
 * instant keep their order, so "newest first" by ID is newest first by time.
 */
export function newId(now: Instant): Id {
  const bytes = randomBytes16();
  if (now === lastTime) lastSequence = (lastSequence + 1) & 0xfff;
  else {
    lastTime = now;
    lastSequence = bytes.readUInt16BE(6) & 0x7ff; // leaves room above for the others of this millisecond
  }
  bytes.writeUIntBE(now, 0, 6);
  bytes.writeUInt16BE(0x7000 | lastSequence, 6);
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f);
  return bytes.toString('hex') as Id;
}

/** The first ID that `newId` could have made at an instant: what is older has a smaller one. */
export function firstIdOf(instant: Instant): Id {
  return Math.max(0, Math.floor(instant)).toString(16).padStart(12, '0').padEnd(32, '0') as Id;
}

/** A new ID with nothing but chance in it, for IDs that must not tell when they were made: client IDs. */
export function randomId(): Id {
  return randomBytes16().toString('hex') as Id;
}

const pool = Buffer.allocUnsafe(4096);
let poolUsed = pool.length;

/** Random bytes by the page: asking the system for 16 at a time costs more than the rest of making an ID. */
function randomBytes16(): Buffer {
  if (poolUsed === pool.length) {
    randomFillSync(pool);
    poolUsed = 0;
  }
  poolUsed += 16;
  return Buffer.from(pool.subarray(poolUsed - 16, poolUsed));
}

/** An ID as the database holds it. */
export function idBytes(id: Id): Buffer {
  return Buffer.from(id, 'hex');
}

/** An ID as the database held it. */
export function idFrom(bytes: Uint8Array): Id {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex') as Id;
}

/** For columns that may be empty. */
export function idBytesOrNull(id: Id | null): Buffer | null {
  return id === null ? null : idBytes(id);
}

/** For columns that may be empty. */
export function idFromOrNull(bytes: Uint8Array | null): Id | null {
  return bytes === null ? null : idFrom(bytes);
}
