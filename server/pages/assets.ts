import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A file that pages refer to. Its name changes with its content, so that browsers may keep it for ever. */
export interface Asset {
  /** Path on the instance. */
  readonly path: string;
  readonly mediaType: string;
  readonly body: Buffer;
}

function asset(name: string, extension: string, mediaType: string): Asset {
  const body = readFileSync(new URL(`./assets/${name}.${extension}`, import.meta.url));
  const version = createHash('sha256').update(body).digest('hex').slice(0, 16);
  return { path: `/assets/${name}-${version}.${extension}`, mediaType, body };
}

export const styleSheet = asset('postern', 'css', 'text/css; charset=utf-8');
export const mark = asset('mark', 'svg', 'image/svg+xml');

export const assets: readonly Asset[] = [styleSheet, mark];
