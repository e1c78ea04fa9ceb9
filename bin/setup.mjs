// Runs before every npm script, on whatever Node the machine has (20 or later): installs the dependencies
// when the lockfile changed since the last install and, with --browser, sees to a Chromium for the tests; with
// --bench, also installs what Postern is measured beside.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

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

function installDependencies(folder, what) {
  const stamp = join(folder, 'node_modules', '.postern-lockfile');
  const lockfile = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockfile) return;
  process.stderr.write(`postern: installing ${what} (once, and when the lockfile changes)\n`);
  if (run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], folder) !== 0) fail('npm ci failed');
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, lockfile);
}

/** Debian's package where there is apt and we may use it, else the build that Playwright brings. */
function seeToChromium() {
  const found = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].some(existsSync);
  if (found) return;
  const asRoot = process.getuid?.() === 0;
  if (asRoot && existsSync('/usr/bin/apt-get')) {
    process.stderr.write('postern: installing Chromium for the browser tests (apt-get)\n');
    if (
      run('apt-get', ['update', '-qq']) === 0 &&
      run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium']) === 0
    )
      return;
  }
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

installDependencies(root, 'dependencies');
if (process.argv.includes('--bench'))
  installDependencies(join(root, 'bench'), 'node-oidc-provider for the bench');
if (process.argv.includes('--browser')) seeToChromium();
