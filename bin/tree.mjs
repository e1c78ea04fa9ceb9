// What lies around: where the packages of this tree are, and whether they are those of package.json. For any Node from 20 on.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** The folder of a package as Node.js would find it from the top folder: here, or above where this is a package itself. */
function folderOf(name) {
  for (let folder = root; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name);
    if (existsSync(join(found, 'package.json'))) return found;
    if (folder === dirname(folder)) return undefined;
  }
}

function versionOf(name) {
  const folder = folderOf(name);
  return folder && JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
}

/** @param kind `dependencies` or `devDependencies`, all of exact versions @returns how many there are, and whether they are all there */
export function look(kind) {
  const wanted = Object.entries(manifest[kind]);
  const found = wanted.map(([name]) => versionOf(name));
  return {
    count: found.filter(Boolean).length,
    complete: wanted.every(([, version], index) => found[index] === version),
  };
}

/** The Node.js that came with the packages; undefined where it was left out. */
export function broughtNode() {
  const folder = folderOf('node');
  const file = folder && join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return file && existsSync(file) ? file : undefined;
}
