#!/usr/bin/env node
// The command line, from a checkout or an installed package: finds the Node.js that came along and hands over to server/main.mjs.
// It changes nothing in its own folder: whoever runs a command in production wants that command and no installation.
import { spawn } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { broughtNode, look, manifest, root } from './tree.mjs';

function fail(message) {
  process.stderr.write(`postern: ${message}\n`);
  process.exit(1);
}

/** Where compiled code is kept between starts: in the home of whoever runs this, if it is theirs and nobody else's. */
function compileCache() {
  if (process.env.NODE_COMPILE_CACHE) return {};
  try {
    const home = homedir();
    if (statSync(home).uid === (process.getuid?.() ?? statSync(home).uid))
      return { NODE_COMPILE_CACHE: join(process.env.XDG_CACHE_HOME || join(home, '.cache'), 'postern') };
  } catch {
    // Whoever runs this has no home.
  }
  return { NODE_DISABLE_COMPILE_CACHE: '1' };
}

/**
 * Which processes this one was started by, as far as npx: itself, or a shell that it runs between (not every shell gives its place up
 * for the command) and on Linux the one behind that. Whoever started npx may end: that is what nohup is for.
 */
function ancestors() {
  const npm = process.env.npm_node_execpath;
  try {
    if (npm && readlinkSync(`/proc/${process.ppid}/exe`) === realpathSync(npm)) return String(process.ppid);
    const [, beyond] = /\) \S (\d+)/.exec(readFileSync(`/proc/${process.ppid}/stat`, 'latin1')) ?? [];
    return `${process.ppid} ${beyond}`;
  } catch {
    return String(process.ppid);
  }
}

if (!look('dependencies').complete)
  fail(
    `the packages in ${root} are missing or of another version: "npm start" installs them, and so does "npm ci --omit=dev"`,
  );
const node = broughtNode();
const least = manifest.optionalDependencies.node;
if (!node && Number.parseInt(process.versions.node, 10) < Number.parseInt(least, 10))
  fail(
    `this is Node.js ${process.versions.node}, and it takes ${least} or newer, which npm brings unless it is told --omit=optional`,
  );

const child = spawn(node ?? process.execPath, [join(root, 'server/main.mjs'), ...process.argv.slice(2)], {
  // Over the last one nothing is said: it closes when this process is gone, be it by kill -9, and the server stops then.
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  env: { ...process.env, ...compileCache() },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));

// npx waits for this process as long as it lives, so other ancestors mean that npx was killed and could not pass that on.
if (process.env.npm_command === 'exec') {
  const before = ancestors();
  setInterval(() => ancestors() === before || child.kill('SIGTERM'), 500).unref();
}
