// Runs before every npm script, on whatever Node the machine has (20 or later): installs the dependencies
// when a lockfile changed since the last install, builds the console when its sources changed and, with --browser,
// sees to a Chromium for the tests; with --interop, also installs the software that signs in with Postern in them; with --bench, what
// Postern is measured beside. With --start it leaves a production tree as it is; with --console it does what the console takes, and
// nothing else.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { broughtNode, look, root } from './tree.mjs';

const asked = (flag) => process.argv.includes(flag);

function run(command, args, cwd = root) {
  const { status, error } = spawnSync(command, args, {
    cwd,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  return error ? 127 : status;
}

function fail(message) {
  process.stderr.write(`postern: ${message}\n`);
  process.exit(1);
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function stampOf(folder) {
  return join(root, folder, 'node_modules', '.postern-lockfile');
}

/** Several folders at once, since an install mostly waits for the network and the disk. */
async function installDependencies(folder, what) {
  const stamp = stampOf(folder);
  const lockfile = createHash('sha256')
    .update(readFileSync(join(root, folder, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) ? readFileSync(stamp, 'utf8') === lockfile : folder === '.' && isInstalled()) return;
  process.stderr.write(`postern: installing ${what} (once, and when the lockfile changes)\n`);
  await npmCi(folder, '--include=dev');
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, lockfile);
}

/** Somebody ran npm here by themselves, which needs no repeating. */
function isInstalled() {
  return look('dependencies').complete && look('devDependencies').complete && broughtNode() !== undefined;
}

async function npmCi(folder, which) {
  const status = await new Promise((resolve) => {
    spawn('npm', ['ci', which, '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: join(root, folder),
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    })
      .on('close', resolve)
      .on('error', () => resolve(127));
  });
  if (status !== 0) fail('npm ci failed');
}

/**
 * Whether this tree is for production: because the environment says so (NODE_ENV, npm's `omit`), or because somebody installed
 * what a server takes and left the tools out.
 */
function isProduction() {
  if (process.env.NODE_ENV === 'production') return true;
  if (/\bdev\b/.test(process.env.npm_config_omit ?? '')) return true;
  return !existsSync(stampOf('.')) && look('dependencies').complete && !look('devDependencies').complete;
}

/** In production: what was installed stays as it is, and only where there is nothing at all something is. */
async function seeToProduction() {
  const { complete, count } = look('dependencies');
  if (complete) return;
  if (count > 0)
    fail('node_modules is not what package-lock.json says: run "npm ci --omit=dev", which replaces it');
  process.stderr.write('postern: installing dependencies, without the tools for development (once)\n');
  await npmCi('.', '--omit=dev');
}

/** What the console is made of: its own sources, and what it shares with the pages and the server's rules. */
const consoleSources = [
  'console/index.html',
  'console/package-lock.json',
  'console/src',
  'console/tsconfig.json',
  'console/vite.config.ts',
  'locales',
  'server/base',
  'server/model',
  'server/pages/assets/mark.svg',
  'server/pages/assets/tokens.css',
];

function filesOf(path) {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => filesOf(`${path}/${name}`));
}

function buildConsole() {
  const stamp = join(root, 'console', 'dist', '.sources');
  const sources = hashOf(consoleSources.flatMap(filesOf));
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  process.stderr.write('postern: building the console (once, and when its sources change)\n');
  const modules = join(root, 'console', 'node_modules');
  const { status } = spawnSync(
    broughtNode() ?? process.execPath,
    [join(modules, 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'],
    {
      cwd: join(root, 'console'),
      stdio: ['ignore', 2, 2],
      env: { ...process.env, PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter) },
      shell: process.platform === 'win32',
    },
  );
  if (status !== 0) fail('the console could not be built');
  writeFileSync(stamp, sources);
}

function installFromDebian(name) {
  const asRoot = process.getuid?.() === 0;
  if (!asRoot || !existsSync('/usr/bin/apt-get')) return false;
  process.stderr.write(`postern: installing ${name} for the browser tests (apt-get)\n`);
  return (
    run('apt-get', ['update', '-qq']) === 0 &&
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name]) === 0
  );
}

/** Debian's package where there is apt and we may use it, else the build that Playwright brings. */
function seeToChromium() {
  if (existsSync('/usr/bin/chromium-headless-shell') || installFromDebian('chromium-headless-shell')) return;
  const others = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  if (others.some(existsSync) || installFromDebian('chromium')) return;
  process.stderr.write('postern: installing Chromium for the browser tests (Playwright)\n');
  if (
    run(process.execPath, [
      join(root, 'node_modules/playwright-core/cli.js'),
      'install',
      'chromium-headless-shell',
    ]) !== 0
  )
    fail('no Chromium for the browser tests: install one as /usr/bin/chromium');
}

const consoleDependencies = () => installDependencies('console', 'the console’s dependencies');
if (asked('--start') && isProduction()) await seeToProduction();
else if (asked('--console')) {
  await consoleDependencies();
  buildConsole();
} else {
  await Promise.all([
    installDependencies('.', 'dependencies'),
    consoleDependencies(),
    ...(asked('--interop')
      ? [installDependencies('test/interop', 'software that signs in, for the tests')]
      : []),
    ...(asked('--bench') ? [installDependencies('bench', 'node-oidc-provider for the bench')] : []),
  ]);
  buildConsole();
  if (asked('--browser')) seeToChromium();
}
