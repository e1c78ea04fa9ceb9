/**
 * `npm run demo`: a Postern of its own, the three example clients, the API that they read and a product that hands its users over, everything
 * registered, and each flow walked through once before your eyes. Stays until Ctrl-C; with `--once` it ends after the walk, with
 * status 1 when a step failed.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { heading, line } from './demo/print.ts';
import { freePort, Programs } from './demo/programs.ts';
import { register } from './demo/register.ts';
import { walk } from './demo/walk.ts';
import { walkProduct } from './demo/walk-product.ts';

const administrator = { email: 'admin@example.com', password: 'demo-administrator' };
const user = { email: 'robin@example.com', password: 'demo-robin-sparrow', name: 'Robin Sparrow' };
/** Whom the product knows, and Postern does not: somebody, and its owner, who administers Postern. */
const productUser = { email: 'ada@example.com', password: 'demo-of-a-product' };
const productOwner = { email: 'grace@example.com', password: 'demo-of-a-product' };

const isOnce = process.argv.includes('--once');
const programs = new Programs();
const directory = await mkdtemp(join(tmpdir(), 'postern-demo-'));

async function demo(): Promise<void> {
  // One walk needs no addresses that anyone remembers, and may run beside another.
  const [posternPort, webPort, spaPort, apiPort, productPort] = await Promise.all(
    [3000, 3001, 3002, 3003, 3004].map((port) => freePort(isOnce ? 0 : port)),
  );
  const issuer = `http://localhost:${posternPort}`;
  const webOrigin = `http://localhost:${webPort}`;
  const spaOrigin = `http://localhost:${spaPort}`;
  const api = `http://localhost:${apiPort}`;
  const product = `http://localhost:${productPort}`;

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

  line('Registering a user, applications and a product over the REST API …');
  const registered = await register({
    issuer,
    administrator,
    user,
    webRedirectUri: `${webOrigin}/callback`,
    spaRedirectUri: `${spaOrigin}/`,
    privateKeyFile: join(directory, 'private.key'),
    product: { url: product, privateKeyFile: join(directory, 'product.key') },
  });

  line('Starting the clients and the product …');
  const { web, spa } = registered;
  const webSettings = { CLIENT_ID: web.clientId, CLIENT_SECRET: web.clientSecret, PORT: String(webPort) };
  const spaSettings = { CLIENT_ID: spa.clientId, PORT: String(spaPort) };
  const productSettings = {
    PROVIDER_ID: registered.product.providerId,
    CLIENT_ID: registered.product.clientId,
    USER_ID: registered.administrator.id,
    KEY: registered.product.privateKeyFile,
    PORT: String(productPort),
  };
  const shared = { ISSUER: issuer, API: api };
  await Promise.all([
    programs.start('examples/web-client/main.ts', [], { ...shared, ...webSettings }, directory, webOrigin),
    programs.start('examples/spa-client/server.ts', [], { ...shared, ...spaSettings }, directory, spaOrigin),
    programs.start('examples/product/main.mjs', [], { ...shared, ...productSettings }, directory, product),
  ]);

  await walk({ issuer, api, user, registered });
  await walkProduct({ issuer, product, user: productUser, registered });

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
  line(`  Product             ${product}`);
  line(`  Postern             ${issuer}/console`);
  line(`  Sign in as          ${productUser.email} / ${productUser.password}`);
  line(`  or administrator    ${productOwner.email} / ${productOwner.password}`);
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
