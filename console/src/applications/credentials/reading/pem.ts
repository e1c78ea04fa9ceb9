import { fromBase64, toBase64 } from './base64.ts';

export interface PemBlock {
  /** Such as `PUBLIC KEY`. */
  readonly label: string;
  readonly bytes: Uint8Array | null;
}

/** The blocks between BEGIN and END lines. */
export function readPem(text: string): PemBlock[] {
  const blocks = text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----/g);
  return [...blocks].map(([, label = '', body = '']) => ({ label, bytes: fromBase64(body) }));
}

/** Bytes in PEM, in lines of 64 characters. */
export function writePem(label: string, bytes: Uint8Array): string {
  const lines = toBase64(bytes).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
