import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A file that pages refer to. Its name changes with its content, so that browsers may keep it for ever. */
export interface Asset {
  /** Path on the instance. */
  readonly path: string;
  readonly mediaType: string;
  readonly body: Buffer;
}

function asset(name: string, extension: string, mediaType: string, body: Buffer): Asset {
  const version = createHash('sha256').update(body).digest('hex').slice(0, 16);
  return { path: `/assets/${name}-${version}.${extension}`, mediaType, body };
}

function read(file: string): Buffer {
  return readFileSync(new URL(`./assets/${file}`, import.meta.url));
}

/** Style sheets as one, without comments and layout, naming other assets by the names that browsers know them by. */
function joinStyles(files: readonly string[], referred: Readonly<Record<string, Asset>>): Buffer {
  const text = files
    .map((file) => read(file).toString())
    .join('')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll(/ ?([{};,>]) ?/g, '$1')
    .trim();
  return Buffer.from(text.replaceAll(/(?<=url\(")[^"]+/g, (file) => (referred[file] as Asset).path));
}

export const mark = asset('mark', 'svg', 'image/svg+xml', read('mark.svg'));
const icons = asset('icons', 'svg', 'image/svg+xml', read('icons.svg'));
export const styleSheet = asset(
  'postern',
  'css',
  'text/css; charset=utf-8',
  joinStyles(['tokens.css', 'postern.css'], { 'icons.svg': icons }),
);

export const formPostScript = asset(
  'form-post',
  'js',
  'text/javascript; charset=utf-8',
  read('form-post.js'),
);

export const assets: readonly Asset[] = [styleSheet, mark, icons, formPostScript];
