import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A copy of the project in a folder of its own, to change its code and see what comes of it. */
export class FieldTree {
  readonly folder = mkdtempSync(join(tmpdir(), 'postern-fields-'));
  /** The files that were changed or added; the catalogs of all languages are one place. */
  readonly places = new Set<string>();

  constructor() {
    for (const part of ['server', 'locales', 'test/support', 'console/src', 'docs/storage.md'])
      cpSync(join(root, part), join(this.folder, part), { recursive: true });
    for (const file of ['package.json', 'tsconfig.json', 'console/package.json', 'console/tsconfig.json'])
      cpSync(join(root, file), join(this.folder, file));
    for (const modules of ['node_modules', 'console/node_modules'])
      symlinkSync(join(root, modules), join(this.folder, modules), 'dir');
  }

  add(path: string, text: string): void {
    this.places.add(path);
    writeFileSync(join(this.folder, path), text);
  }

  /** Puts a text behind another, which must be there once. */
  insert(path: string, behind: string, text: string): void {
    this.places.add(path.replace(/^locales\/[^/]+\//, 'locales/*/'));
    const file = join(this.folder, path);
    const parts = readFileSync(file, 'utf8').split(behind);
    if (parts.length !== 2)
      throw new Error(`${path} has ${JSON.stringify(behind)} ${parts.length - 1} times`);
    writeFileSync(file, parts.join(`${behind}${text}`));
  }

  /** What the compiler says against the server and the console; empty when nothing. */
  compile(): string {
    const whole = { extends: './tsconfig.json', include: ['src', '../server'] };
    writeFileSync(join(this.folder, 'console/tsconfig.check.json'), JSON.stringify(whole));
    return this.#run('node_modules/.bin/tsc', ['--noEmit', '--project', 'console/tsconfig.check.json'])
      .stdout;
  }

  /**
   * Runs a module of the copy.
   * @param code what the module is; what it writes comes back, read as JSON
   */
  run<Result>(code: string): Result {
    writeFileSync(join(this.folder, 'try.ts'), code);
    const { stdout, stderr, status } = this.#run(process.execPath, ['try.ts']);
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as Result;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #run(command: string, args: readonly string[]) {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    return spawnSync(command, args, { cwd: this.folder, env, encoding: 'utf8' });
  }
}
