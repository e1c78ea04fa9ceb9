import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Logger } from 'pino';
import { makeSetupLink } from './accounts/setup.ts';
import { buildApp } from './app.ts';
import { startBackgroundWork } from './background.ts';
import { readConfig } from './config.ts';
import { createLog } from './log.ts';
import { closeServices, openServices } from './open-services.ts';
import { instanceUrl } from './registry/instance.ts';
import type { Services } from './services.ts';
import { findDefaultInstance } from './store/instances.ts';
import { countUsers } from './store/users.ts';
import { SECOND } from './units.ts';

/** The contract allows 10 s between SIGTERM and the end. */
const patience = 8 * SECOND;

/** Runs the server until SIGTERM or SIGINT. Rejects, with everything closed again, when it cannot start. */
export async function serve(): Promise<void> {
  const config = readConfig();
  const log = createLog(config.logLevel);
  const services = await openServices(config, log, Date.now);
  const app = await buildApp(services);
  services.metrics.watchProcess();
  try {
    await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    await closeServices(services);
    throw error;
  }
  const stopBackgroundWork = startBackgroundWork(services);

  const endSilentConnections = watchSilentConnections(app.server);
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(0), patience).unref();
    const closed = app.close();
    endSilentConnections();
    await closed;
    await stopBackgroundWork();
    await closeServices(services);
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  const { port } = app.server.address() as AddressInfo;
  await welcome(services, log, port);
}

/**
 * Browsers open connections ahead of need. One that never carried a request has nothing to finish, but Node's
 * server waits for it as if it had.
 * @returns how to end those that are silent at that moment
 */
function watchSilentConnections(server: Server): () => void {
  const silent = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  server.on('request', (request) => silent.delete(request.socket));
  return () => {
    for (const socket of silent) socket.destroy();
  };
}

/**
 * Says where to go and how to sign in: plain lines to a person at a terminal, log lines to a program, whatever the
 * log level, since without the set-up link nobody gets in.
 */
async function welcome(services: Services, log: Logger, port: number): Promise<void> {
  const { config, db } = services;
  const always = log.child({}, { level: 'info' });
  const say = (text: string) =>
    process.stdout.isTTY ? process.stdout.write(`${text}\n`) : always.info(text);
  const instance = await findDefaultInstance(db);
  if (!instance) return;
  say(`Postern is ready at ${config.url} (listening on ${config.host}, port ${port})`);
  if (!config.rateLimits)
    say('Rate limits are off (POSTERN_RATE_LIMITS): right for benchmarks and load tests only');
  if ((await countUsers(db, instance.id)) > 0) say(`Sign in: ${instanceUrl(instance, '/login')}`);
  else say(`Create the first administrator, once: ${await makeSetupLink(services, instance)}`);
}
