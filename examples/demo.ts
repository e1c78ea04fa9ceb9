/**
 * `npm run demo`: a Postern of its own, the three example clients and the API that they read, everything registered,
 * and each flow walked through once before your eyes. Stays until Ctrl-C; with `--once` it ends after the walk, with
 * status 1 when a step failed.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { heading, line } from './demo/print.ts';
import { freePort, Programs } from './demo/programs.ts';
import { register } from './demo/register.ts';
import { walk } from './demo/walk.ts';

const administrator = { email: 'admin@example.com', password: 'demo-administrator' };
const user = { email: 'robin@example.com', password: 'demo-robin-sparrow', name: 'Robin Sparrow' };

const isOnce = process.argv.includes('--once');
const programs = new Programs();
const directory = await mkdtemp(join(tmpdir(), 'postern-demo-'));

async function demo(): Promise<void> {
  // One walk needs no addresses that anyone remembers, and may run beside another.
  const [posternPort, webPort, spaPort, apiPort] = await Promise.all(
    [3000, 3001, 3002, 3003].map((port) => freePort(isOnce ? 0 : port)),
  );
  const issuer = `http://localhost:${posternPort}`;
  const webOrigin = `http://localhost:${webPort}`;
  const spaOrigin = `http://localhost:${spaPort}`;
  const api = `http://localhost:${apiPort}`;

  line('Starting Postern and workboard …');
  const postern = {
    POSTERN_URL: issuer,
    POSTERN_DATABASE_URL: `sqlite:${join(directory, 'postern.db')}`,
    POSTERN_ADMIN_EMAIL: administrator.email,
    POSTERN_ADMIN_PASSWORD: administrator.password,
    POSTERN_LOG_LEVEL: 'warn',
  };
  const workboard = { ISSUER: issuer, PORT: String(apiPort), ORIGINS: spaOrigin };
  await Promise.all([
    programs.start('server/main.mjs', ['serve'], postern, directory, `${issuer}/readyz`),
    programs.start('examples/workboard/main.ts', [], workboard, directory, api),
  ]);

  line('Registering a user and three applications over the REST API …');
  const registered = await register({
    issuer,
    administrator,
    user,
    webRedirectUri: `${webOrigin}/callback`,
    spaRedirectUri: `${spaOrigin}/`,
    privateKeyFile: join(directory, 'private.key'),
  });

  line('Starting the clients …');
  const { web, spa } = registered;
  const webSettings = { CLIENT_ID: web.clientId, CLIENT_SECRET: web.clientSecret, PORT: String(webPort) };
  const spaSettings = { CLIENT_ID: spa.clientId, PORT: String(spaPort) };
  const shared = { ISSUER: issuer, API: api };
  await Promise.all([
    programs.start('examples/web-client/main.ts', [], { ...shared, ...webSettings }, directory, webOrigin),
    programs.start('examples/spa-client/server.ts', [], { ...shared, ...spaSettings }, directory, spaOrigin),
  ]);

  await walk({ issuer, api, user, registered });

  heading('Every step did what it should.');
  if (isOnce) return;

  heading('Now try it yourself');
  line(`  Web client          ${webOrigin}`);
  line(`  Single-page client  ${spaOrigin}`);
  line(`  Machine client      ISSUER=${issuer} API=${api} \\`);
  line(
    `                      CLIENT_ID=${registered.machine.clientId} USER_ID=${registered.administrator.id} \\`,
  );
  line(
    `                      PRIVATE_KEY=${registered.machine.privateKeyFile} npm run example machine-client`,
  );
  line(`  Postern             ${issuer}/account`);
  line(`  Sign in as          ${user.email} / ${user.password}`);
  line(`  or administrator    ${administrator.email} / ${administrator.password}`);
  line('\nCtrl-C stops everything and removes the data.');
  await interrupted;
}

const interrupted = new Promise<void>((done) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => done());
});

try {
  await Promise.race([demo(), interrupted]);
} catch (error) {
  process.stderr.write(`\nThe demo failed. ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await programs.stop();
  await rm(directory, { recursive: true, force: true });
}
process.exit();
