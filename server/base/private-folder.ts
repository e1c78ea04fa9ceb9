import { chmodSync, existsSync, mkdirSync } from 'node:fs';

/**
 * Makes a directory that only we can enter; leaves one that exists as it is.
 * @throws what the file system says when it cannot be made
 */
export function makePrivateDirectory(path: string): void {
  if (existsSync(path)) return;
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
}
