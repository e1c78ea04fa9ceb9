import { WrongSecret } from '../base/master-secret.ts';
import { Refusal } from '../base/refusal.ts';
import type { Instance } from '../model/instance.ts';
import { ConfigError, readConfig } from '../process/config.ts';
import { createLog } from '../process/log.ts';
import { closeServices, openServices } from '../process/open-services.ts';
import type { Services } from '../services.ts';
import { DatabaseTooNew, DatabaseUnavailable, DatabaseUnusable } from '../store/engine/database.ts';
import { findDefaultInstance, findInstanceByHandle } from '../store/instances.ts';

/** A command that cannot be carried out; the message is one line. */
export class CommandError extends Error {
  override name = 'CommandError';
}

/**
 * Runs a command on the same database as the server, which may be running meanwhile.
 * @param database `new` for what begins with nothing and makes the first things. Anything else that found no SQLite file
 *   was called in the wrong folder, and would work on an empty database and say that all went well
 * @throws ConfigError when there is none
 */
export async function withServices(
  database: 'new' | 'existing',
  work: (services: Services) => Promise<void>,
): Promise<void> {
  const services = await openServices(readConfig(database), createLog('silent'), Date.now, 'command');
  try {
    await work(services);
  } finally {
    await closeServices(services);
  }
}

/** The instance of `--instance HANDLE`, by default the one of POSTERN_URL. */
export async function instanceNamed(services: Services, handle: string | undefined): Promise<Instance> {
  const instance = await (handle === undefined
    ? findDefaultInstance(services.db)
    : findInstanceByHandle(services.db, handle));
  if (!instance)
    throw new CommandError(`there is no instance with the handle ${handle}: instance list shows them`);
  return instance;
}

/** Prints what a command found: for people as lines, with `--json` for programs. */
export function print(json: boolean | undefined, data: unknown, lines: string): void {
  process.stdout.write(json ? `${JSON.stringify(data, null, 2)}\n` : `${lines}\n`);
}

const expected = [ConfigError, CommandError, WrongSecret, DatabaseTooNew];

/** An error as one line for the operator; only what nobody foresaw shows its stack. */
export function explain(error: unknown): string {
  if (error instanceof Refusal) {
    const fields = (error.errors ?? []).map(({ path, message }) => `${path} ${message}`);
    return fields.join('; ') || error.detail;
  }
  if (error instanceof DatabaseUnavailable || error instanceof DatabaseUnusable)
    return `the database of POSTERN_DATABASE_URL cannot be used: ${error.message.replaceAll(/\p{Cc}+/gu, ' ')}`;
  if (expected.some((kind) => error instanceof kind)) return (error as Error).message;
  if (isListenError(error)) return `cannot listen: ${error.message} (POSTERN_HOST, POSTERN_PORT)`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function isListenError(error: unknown): error is NodeJS.ErrnoException {
  const { syscall } = error as NodeJS.ErrnoException;
  return error instanceof Error && (syscall === 'listen' || syscall === 'getaddrinfo');
}
