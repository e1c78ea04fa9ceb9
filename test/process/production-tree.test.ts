import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { send } from '../support/http.ts';
import { freePort } from '../support/postgres.ts';

// What `npm start` and `npx postern` do to the folder that they run in. npm is a stand-in here that writes down what it was asked
// for and fails, so that an install would be seen.

const root = fileURLToPath(new URL('../../', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
  'dependencies' | 'devDependencies' | 'optionalDependencies',
  Record<string, string>
>;

/** A copy of what a server takes, with the packages of these kinds. */
class Tree {
  readonly folder = mkdtempSync(join(tmpdir(), 'postern-tree-'));
  readonly #asked = join(this.folder, 'npm-was-asked');

  constructor(...kinds: (keyof typeof manifest)[]) {
    for (const name of ['bin', 'server', 'locales', 'package.json', 'package-lock.json'])
      cpSync(join(root, name), join(this.folder, name), { recursive: true });
    for (const kind of kinds) for (const name of Object.keys(manifest[kind])) this.link(name);
    const npm = join(this.folder, 'stand-in', 'npm');
    mkdirSync(dirname(npm));
    writeFileSync(npm, `#!/bin/sh\necho "$@" >> '${this.#asked}'\nexit 1\n`);
    chmodSync(npm, 0o755);
  }

  link(name: string): void {
    const link = join(this.folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), link);
  }

  /** Every file in it and when it was changed, but for the database. */
  get state(): string {
    return globSync('**/*', { cwd: this.folder })
      .filter((path) => !path.startsWith('data'))
      .sort()
      .map((path) => `${path} ${lstatSync(join(this.folder, path)).mtimeMs}`)
      .join('\n');
  }

  get asked(): string {
    return existsSync(this.#asked) ? readFileSync(this.#asked, 'utf8') : '';
  }

  env(more: Record<string, string> = {}): Record<string, string> {
    const clean = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(POSTERN_|NODE_|npm_)/.test(name)),
    ) as Record<string, string>;
    return { ...clean, PATH: `${join(this.folder, 'stand-in')}${delimiter}${clean['PATH']}`, ...more };
  }

  run(args: string[], env: Record<string, string> = {}): { status: number | null; text: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: this.folder,
      env: this.env(env),
      encoding: 'utf8',
    });
    return { status, text: stdout + stderr };
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

describe('npm start', () => {
  for (const [how, env, kinds] of [
    ['where NODE_ENV says production', { NODE_ENV: 'production' }, ['dependencies']],
    [
      'where npm was told to leave the tools out',
      { npm_config_omit: 'dev' },
      ['dependencies', 'optionalDependencies'],
    ],
    ['where only what a server takes was installed', {}, ['dependencies', 'optionalDependencies']],
    [
      'where everything was installed, in production',
      { NODE_ENV: 'production' },
      ['dependencies', 'devDependencies'],
    ],
  ] as const)
    test(`installs and changes nothing ${how}`, () => {
      using tree = new Tree(...kinds);
      const before = tree.state;
      assert.deepEqual(tree.run(['bin/setup.mjs', '--start'], env), { status: 0, text: '' });
      assert.equal(tree.state, before);
    });

  test('in production leaves a tree alone whose packages are not the right ones, and says so in one line', () => {
    using tree = new Tree('dependencies');
    rmSync(join(tree.folder, 'node_modules', 'fastify'));
    const before = tree.state;
    const { status, text } = tree.run(['bin/setup.mjs', '--start'], { NODE_ENV: 'production' });
    assert.equal(status, 1);
    assert.match(text, /^postern: [^\n]*"npm ci --omit=dev"[^\n]*\n$/);
    assert.equal(tree.state, before);
  });

  test('in production installs what a server takes, and no tools, where nothing is installed', () => {
    using tree = new Tree();
    tree.run(['bin/setup.mjs', '--start'], { NODE_ENV: 'production' });
    assert.match(tree.asked, /^ci --omit=dev .*\n$/);
  });

  test('installs nothing anew where somebody has installed everything', () => {
    using tree = new Tree('dependencies', 'devDependencies', 'optionalDependencies');
    mkdirSync(join(tree.folder, 'console'));
    cpSync(join(root, 'console/package-lock.json'), join(tree.folder, 'console/package-lock.json'));
    const { text } = tree.run(['bin/setup.mjs', '--start']);
    assert.doesNotMatch(text, /installing dependencies/);
    assert.match(text, /installing the console’s dependencies/);
  });

  test('in a fresh clone installs everything', () => {
    using tree = new Tree();
    mkdirSync(join(tree.folder, 'console'));
    cpSync(join(root, 'console/package-lock.json'), join(tree.folder, 'console/package-lock.json'));
    tree.run(['bin/setup.mjs', '--start']);
    assert.match(tree.asked, /^ci --include=dev /);
  });
});

describe('npx postern', () => {
  test('installs nothing where the packages are missing or others, and says in one line what does', () => {
    for (const kinds of [[], ['dependencies']] as const) {
      using tree = new Tree(...kinds);
      if (kinds.length > 0) rmSync(join(tree.folder, 'node_modules', 'pino'));
      const before = tree.state;
      const { status, text } = tree.run(['bin/postern.mjs', 'app', 'list']);
      assert.equal(status, 1);
      assert.match(text, /^postern: the packages in [^\n]*"npm start"[^\n]*\n$/);
      assert.equal(tree.state, before);
      assert.equal(tree.asked, '');
    }
  });

  test('changes nothing in its own folder where a lockfile is new, the console is not built, or the tools are missing', () => {
    using tree = new Tree('dependencies');
    const elsewhere = mkdtempSync(join(tmpdir(), 'postern-elsewhere-'));
    try {
      writeFileSync(join(tree.folder, 'node_modules', '.postern-lockfile'), 'another');
      const before = tree.state;
      const home = { HOME: elsewhere, POSTERN_DATABASE_URL: `sqlite:${join(elsewhere, 'postern.db')}` };
      const { status, text } = tree.run(['bin/postern.mjs', 'migrate'], home);
      assert.equal(text, 'the database is up to date\n');
      assert.equal(status, 0);
      assert.equal(tree.run(['bin/postern.mjs', '--help'], { ...home, HOME: '/nowhere' }).status, 0);
      assert.equal(tree.state, before);
      assert.equal(tree.asked, '');
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });

  test('serve says in one line that the console is not built, and ends with whoever started it, be that by kill -9', async () => {
    using tree = new Tree('dependencies');
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const child = spawn(process.execPath, ['bin/postern.mjs', 'serve'], {
      cwd: tree.folder,
      env: tree.env({ POSTERN_URL: url, HOME: tree.folder }),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    const isUp = () =>
      send({ url, port }, '/readyz', { headers: { connection: 'close' } }).then(
        () => true,
        () => false,
      );
    const deadline = performance.now() + 60_000;
    while (!(text.includes('/setup?token=') && (await isUp())) && performance.now() < deadline)
      await sleep(50);
    assert.match(text, /The console is not built: [^\n]+\n/);
    child.kill('SIGKILL');
    await once(child, 'exit');
    while ((await isUp()) && performance.now() < deadline) await sleep(50);
    assert.equal(await isUp(), false, 'the server outlived it');
  });

  test('serve outlives the shell that npx was called in, and not npx, also where npx runs no shell between', async () => {
    using tree = new Tree('dependencies');
    const port = await freePort();
    const url = `http://localhost:${port}`;
    // Some shells, such as bash, give their place up for the one command that they are given: then npx itself is the parent.
    const npx = join(tree.folder, 'npx.mjs');
    writeFileSync(
      npx,
      `import { spawn } from 'node:child_process';
      spawn(process.execPath, ['bin/postern.mjs', 'serve'], { stdio: 'inherit' });
      console.log(\`npx is \${process.pid}\`);`,
    );
    const shell = spawn('sh', ['-c', `'${process.execPath}' '${npx}' & wait`], {
      cwd: tree.folder,
      env: tree.env({
        POSTERN_URL: url,
        HOME: tree.folder,
        npm_command: 'exec',
        npm_node_execpath: process.execPath,
      }),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    shell.stdout.on('data', (chunk) => {
      text += chunk;
    });
    const isUp = () =>
      send({ url, port }, '/readyz', { headers: { connection: 'close' } }).then(
        () => true,
        () => false,
      );
    const deadline = performance.now() + 60_000;
    while (!(await isUp()) && performance.now() < deadline) await sleep(50);
    shell.kill('SIGKILL');
    // It looks every half second.
    await sleep(2000);
    assert.ok(await isUp(), 'it ended with the shell');
    process.kill(Number(/npx is (\d+)/.exec(text)?.[1]), 'SIGKILL');
    while ((await isUp()) && performance.now() < deadline) await sleep(50);
    assert.equal(await isUp(), false, 'the server outlived npx');
  });
});
