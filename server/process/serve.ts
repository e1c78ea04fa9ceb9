import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { makeSetupLink } from '../accounts/setup.ts';
import { instanceUrl } from '../base/paths.ts';
import { SECOND } from '../base/units.ts';
import { isConsoleBuilt } from '../routes/people/console.ts';
import { findDefaultInstance } from '../store/instances.ts';
import { countUsers } from '../store/users.ts';
import { buildApp } from './app.ts';
import { startBackgroundWork } from './background.ts';
import { readConfig } from './config.ts';
import { Connections, mostConnections } from './connections.ts';
import { createLog } from './log.ts';
import type { ProcessServices } from './open-services.ts';
import { closeServices, openServices } from './open-services.ts';

/** The contract allows 10 s between SIGTERM and the end, on a busy machine too. */
const patience = 7 * SECOND;

/** Runs the server until SIGTERM or SIGINT. Rejects, with everything closed again, when it cannot start. */
export async function serve(): Promise<void> {
  const config = readConfig();
  const log = createLog(config.logLevel);
  const services = await openServices(config, log, Date.now);
  const { app, connections } = await listen(services).catch(async (error: unknown) => {
    await closeServices(services);
    throw error;
  });
  const stopBackgroundWork = startBackgroundWork(services);
  services.outbox.start();

  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(0), patience).unref();
    const closed = app.close();
    connections.stop();
    await closed;
    await stopBackgroundWork();
    await closeServices(services);
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT']) {
    // What main.mjs does while nothing is served yet.
    process.removeAllListeners(signal);
    process.on(signal, stop);
  }

  const { port } = app.server.address() as AddressInfo;
  // It serves by now, so a database that went away in this moment must not look like a start that failed.
  await welcome(services, log, port).catch((error: unknown) =>
    log.warn({ err: error }, 'ready, but the database went away before it could be said where to sign in'),
  );
}

async function listen(
  services: ProcessServices,
): Promise<{ app: FastifyInstance; connections: Connections }> {
  const { config, metrics } = services;
  const app = await buildApp(services);
  metrics.watchProcess();
  const connections = new Connections(app.server, mostConnections());
  await app.listen({ host: config.host, port: config.port });
  return { app, connections };
}

/**
 * Says where to go and how to sign in: plain lines to a person at a terminal, log lines to a program, whatever the
 * log level, since without the set-up link nobody gets in.
 */
async function welcome(services: ProcessServices, log: Logger, port: number): Promise<void> {
  const { config, db } = services;
  const always = log.child({}, { level: 'info' });
  const say = (text: string) =>
    process.stdout.isTTY ? process.stdout.write(`${text}\n`) : always.info(text);
  const instance = await findDefaultInstance(db);
  if (!instance) return;
  say(`Postern is ready at ${config.url} (listening on ${config.host}, port ${port})`);
  if (!config.rateLimits)
    say('Rate limits are off (POSTERN_RATE_LIMITS): right for benchmarks and load tests only');
  if (!isConsoleBuilt())
    say(
      'The console is not built: run "node bin/setup.mjs --console" where its tools may be installed, and bring console/dist here',
    );
  if ((await countUsers(db, instance.id)) > 0) say(`Sign in: ${instanceUrl(instance, '/login')}`);
  else say(`Create the first administrator, once: ${await makeSetupLink(services, instance)}`);
}
