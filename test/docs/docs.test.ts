import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join, relative, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { rootCertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { auditEventTypes } from '../../server/model/event.ts';
import { buildApp } from '../../server/process/app.ts';
import { parseConfig } from '../../server/process/config.ts';
import { parseEnvText } from '../../server/process/env-file.ts';
import { createLog } from '../../server/process/log.ts';
import { closeServices, openServices } from '../../server/process/open-services.ts';
import { Browser } from '../support/browser.ts';
import { freshDatabase } from '../support/engines.ts';
import { ServerProcess } from '../support/server-process.ts';
import { testSecret } from '../support/test-app.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

const read = (file: string) => readFile(join(root, file), 'utf8');

/** Every page of the repository, by its path from the top. */
const pages = globSync('**/*.md', {
  cwd: root,
  exclude: (name) => ['node_modules', 'data', 'dist'].includes(basename(name)),
}).sort();

test('every link between the pages leads to a file, and to a heading where it names one', async () => {
  const broken: string[] = [];
  for (const page of pages) {
    for (const [, target = ''] of withoutCode(await read(page)).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z][a-z0-9+.-]*:/i.test(target)) continue;
      const [path = '', heading] = target.split('#');
      const file = path === '' ? page : relative(root, resolve(root, dirname(page), path));
      if (!existsSync(join(root, file))) broken.push(`${page}: ${target}`);
      else if (heading !== undefined && !headingsOf(await read(file)).has(heading))
        broken.push(`${page}: ${target} (no such heading)`);
    }
  }
  assert.deepEqual(broken, []);
});

test('every decision is in the index of decisions', async () => {
  const index = await read('docs/decisions/README.md');
  const files = globSync('[0-9]*.md', { cwd: join(root, 'docs/decisions') });
  assert.ok(files.length > 0);
  assert.deepEqual(
    files.filter((file) => !index.includes(`](${file})`)),
    [],
  );
});

describe('docs/tour.md', () => {
  test('names only files that exist', async () => {
    const names = [...(await read('docs/tour.md')).matchAll(/`([\w./-]+\.(?:ts|sql|mjs|json|css))`/g)].map(
      ([, name = '']) => name,
    );
    assert.ok(names.length > 50, `only ${names.length} names found`);
    assert.deepEqual(
      names.filter((name) => !existsSync(join(root, 'server', name)) && !existsSync(join(root, name))),
      [],
    );
  });

  test('has every route of the server, and no other', async () => {
    const text = await read('docs/tour.md');
    const toured = new Set(
      [...text.matchAll(/^\| `([A-Z, ]+) (\/[^`]*)` \|/gm)].flatMap(([, methods = '', path = '']) =>
        methods.split(', ').map((method) => `${method} ${path}`),
      ),
    );
    assert.deepEqual([...toured].sort(), (await listRoutes()).sort());
  });
});

test('docs/api.md has every type of audit event, and no other', async () => {
  const [, list = ''] = /Their types: ([\s\S]*?)More may come/.exec(await read('docs/api.md')) ?? [];
  assert.deepEqual(
    [...list.matchAll(/`([^`]+)`/g)].map(([, type]) => type),
    auditEventTypes,
  );
});

test('docs/storage.md has every table and every column', async () => {
  const text = await read('docs/storage.md');
  const missing: string[] = [];
  for (const file of globSync('server/store/migrations/*.sql', { cwd: root })) {
    for (const [, table = '', columns = ''] of (await read(file)).matchAll(
      /^CREATE TABLE (\w+) \(\n([\s\S]*?)^\)/gm,
    )) {
      const section = sectionOf(text, table);
      if (section === undefined) missing.push(table);
      else
        for (const [, column] of columns.matchAll(/^ {2}([a-z_]+) /gm))
          if (!section.includes(`\`${column}\``)) missing.push(`${table}.${column}`);
    }
  }
  assert.deepEqual(missing, []);
});

test('no command of a page needs a newer Node.js than 20, which runs no TypeScript by itself', async () => {
  const bad: string[] = [];
  for (const page of pages)
    for (const [, commands = ''] of (await read(page)).matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm))
      for (const line of commands.split('\n'))
        if (/(?<!npx )\bnode [^|;)]*\.ts\b/.test(line)) bad.push(`${page}: ${line.trim()}`);
  assert.deepEqual(bad, []);
});

describe('docs/operations.md', () => {
  test('has every setting, and only settings that there are', async () => {
    const names = (text: string) => [...new Set(text.match(/\bPOSTERN_[A-Z_]+\b/g))].sort();
    assert.deepEqual(names(await read('docs/operations.md')), names(await read('server/process/config.ts')));
  });

  test('shows a .env file that the server would start with, once its secrets are replaced', async () => {
    const [, file = ''] = /^```ini\n([\s\S]*?)^```$/m.exec(await read('docs/operations.md')) ?? [];
    const settings = parseEnvText(file, 'the .env file of docs/operations.md');
    assert.throws(() => parseConfig(settings), /^ConfigError: POSTERN_SECRET is /);
    const replaced = parseEnvText(file.replaceAll(/replace-this\S*/g, testSecret.replaceAll(' ', '-')), '');
    assert.equal(parseConfig(replaced).url, settings['POSTERN_URL']);
  });

  test('copies a SQLite database to PostgreSQL by the program that it shows', async (t) => {
    const [, program = ''] = /^```js\n([\s\S]*?)^```$/m.exec(await read('docs/operations.md')) ?? [];
    const [from, to] = [await freshDatabase('sqlite'), await freshDatabase('postgres')];
    const open = (url: string, more = {}) =>
      openServices(
        parseConfig({ POSTERN_DATABASE_URL: url, POSTERN_SECRET: testSecret, ...more }),
        createLog('silent'),
        Date.now,
      );
    const administrator = {
      POSTERN_ADMIN_EMAIL: 'admin@example.com',
      POSTERN_ADMIN_PASSWORD: 'the owner of the product',
    };
    const before = await open(from.url, administrator);
    const [instance] = await before.db.sql<{ id: Uint8Array }>`SELECT id FROM instances`;
    await closeServices(before);
    await closeServices(await open(to.url)); // `postern migrate`

    // With a parameter that the driver by itself does not know.
    const folder = await mkdtemp(join(tmpdir(), 'postern-copy-'));
    t.after(() => rm(folder, { recursive: true }));
    const authorities = join(folder, 'authorities.pem');
    await writeFile(authorities, rootCertificates[0] ?? '');
    const url = `${to.url}?sslmode=disable&sslrootcert=${authorities}`;
    const copied = await run(
      process.execPath,
      ['--input-type=module', '-', from.url.replace('sqlite:', ''), url],
      { cwd: root, env: {}, input: program },
    );
    assert.equal(copied.status, 0, copied.printed);

    const after = await open(to.url);
    t.after(() => closeServices(after));
    const [user] = await after.db.sql<{ email: string; instance_id: Uint8Array; active: number }>`
      SELECT email, instance_id, active FROM users`;
    assert.equal(user?.email, administrator.POSTERN_ADMIN_EMAIL);
    assert.equal(user.active, 1);
    assert.deepEqual(Buffer.from(user.instance_id), Buffer.from(instance?.id ?? []));
    await from.remove();
  });
});

test('every command of the first token in README.md runs as it is written', async (t) => {
  const owner = { email: 'admin@example.com', password: 'the owner of the product' };
  const server = await ServerProcess.start({
    env: {
      POSTERN_ADMIN_EMAIL: owner.email,
      POSTERN_ADMIN_PASSWORD: owner.password,
      POSTERN_LOG_LEVEL: 'warn',
    },
  });
  t.after(() => server.kill());

  const section = sectionOf(await read('README.md'), 'A first token in three minutes') ?? '';
  const blocks = [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, commands = '']) => commands);
  const commands = blocks
    .join('echo\n')
    .replaceAll('http://localhost:3000', server.url)
    // What the reader fills in comes by standard input.
    .replace(/^export (.*…).*$/gm, (_line, names: string) =>
      [...names.matchAll(/(\w+)=…/g)].map(([, name]) => `read -r ${name}`).join('\n'),
    );
  assert.doesNotMatch(commands, /…/);

  // The command line itself; npx would look for a newer lockfile first.
  const bin = join(server.directory, 'bin');
  await mkdir(bin);
  await writeFile(
    join(bin, 'npx'),
    `#!/bin/sh\nshift\nexec '${process.execPath}' '${join(root, 'server/main.mjs')}' "$@"\n`,
  );
  await chmod(join(bin, 'npx'), 0o755);
  const { printed, status } = await run('sh', ['-eu', '-c', commands], {
    cwd: server.directory,
    env: {
      PATH: `${bin}${delimiter}${process.env['PATH']}`,
      POSTERN_URL: server.url,
    },
    answer: async (line) => {
      const [, url] = /^Open (\S+)$/.exec(line) ?? [];
      if (url) {
        const { pathname, searchParams } = new URL(url);
        const back = await new Browser(server).authorize(searchParams, owner, { endpoint: pathname });
        return back.searchParams.get('code');
      }
      return /^client (?:ID|secret, shown this once): (\S+)$/.exec(line)?.[1];
    },
  });
  assert.equal(status, 0, printed);
  assert.doesNotMatch(printed, /"error"/);
  assert.match(printed, /"refresh_token":"prt_/);
  assert.match(printed, /{"active":true/);
  assert.equal(printed.match(/"token_type":"Bearer"/g)?.length, 3, printed);
});

/** `METHOD /path` of everything that the server registers, as the tour writes them. */
async function listRoutes(): Promise<string[]> {
  const database = await freshDatabase('sqlite');
  const config = parseConfig({ POSTERN_DATABASE_URL: database.url, POSTERN_SECRET: testSecret });
  const services = await openServices(config, createLog('silent'), Date.now);
  const app = await buildApp(services);
  try {
    await app.ready();
    const { host } = new URL(config.url);
    const openapi = await app.inject({ url: '/api/v1/openapi.json', headers: { host } });
    const operations = Object.entries(openapi.json<{ paths: Record<string, object> }>().paths).flatMap(
      ([path, methods]) =>
        Object.keys(methods).map(
          (method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
        ),
    );
    // Below /api every other method of a path is registered too, to be refused: there the document counts.
    const others = routesOf(app.printRoutes({ commonPrefix: false })).flatMap(({ path, methods }) => {
      if (path.startsWith('/api/') && path !== '/api/v1/openapi.json') return [];
      if (path.startsWith('/api/')) return [`GET ${path}`];
      if (path.includes('*')) return [];
      const name = path.replace(/^\/assets\/.+$/, '/assets/:file');
      return methods
        .filter((method) => !['HEAD', 'OPTIONS'].includes(method))
        .map((method) => `${method} ${name}`);
    });
    // Fastify does not print these as they are.
    const wildcards = ['/console/*', '/console/assets/*']
      .filter((url) => app.hasRoute({ method: 'GET', url }))
      .map((url) => `GET ${url}`);
    return [...new Set([...operations, ...others, ...wildcards])];
  } finally {
    await app.close();
    await closeServices(services);
    await database.remove();
  }
}

/** The tree that Fastify prints, as paths: each level is indented by four characters and continues its parent. */
function routesOf(tree: string): { path: string; methods: string[] }[] {
  const parents: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', part = '', methods = ''] = /^([│ ]*)[├└]── (\S+)(?: \(([^)]*)\))?/.exec(line) ?? [];
    if (part === '') return [];
    const depth = indent.length / 4;
    parents.length = depth;
    parents[depth] = (parents[depth - 1] ?? '') + part;
    return methods === '' ? [] : [{ path: parents[depth], methods: methods.split(', ') }];
  });
}

/** The text under a heading that is this name, as it is or as code; undefined when there is none. */
function sectionOf(text: string, heading: string): string | undefined {
  const sections = text.split(/^(?=#{2,3} )/m);
  return sections.find((section) => /^#+ `?([^`\n]*)`?/.exec(section)?.[1]?.trim() === heading);
}

/** The anchors of a page's headings, as GitHub makes them. */
function headingsOf(text: string): Set<string> {
  return new Set(
    [...withoutCode(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function withoutCode(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```$/gm, '');
}

/**
 * Runs a program to its end.
 * @param options.input its whole standard input
 * @param options.answer what to write to its standard input after a line that it printed
 */
function run(
  command: string,
  args: string[],
  options: {
    cwd: string;
    env: Record<string, string>;
    input?: string;
    answer?: (line: string) => Promise<string | null | undefined>;
  },
): Promise<{ status: number | null; printed: string }> {
  const child = spawn(command, args, { cwd: options.cwd, env: options.env, stdio: 'pipe' });
  let printed = '';
  let unread = '';
  // One answer after the other, in the order of the lines.
  let answered: Promise<void> = Promise.resolve();
  child.stderr.on('data', (chunk) => {
    printed += chunk;
  });
  child.stdout.on('data', (chunk) => {
    printed += chunk;
    const lines = (unread + chunk).split('\n');
    unread = lines.pop() ?? '';
    for (const line of lines)
      answered = answered.then(async () => {
        const text = await options.answer?.(line).catch((error: unknown) => {
          printed += String(error);
          child.kill();
        });
        if (text) child.stdin.write(`${text}\n`);
      });
  });
  child.stdin.on('error', () => {}); // the program ended before it read an answer
  if (options.input !== undefined) child.stdin.end(options.input);
  return new Promise((done) => child.on('close', (status) => done({ status, printed })));
}
