import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { system } from '../store/audit-events.ts';
import { CommandError, instanceNamed, print, withServices } from './with-services.ts';

/** `migrate`, `backup FILE`, `signing-key rotate`. */
export function addDatabaseCommands(program: Command): void {
  program
    .command('migrate')
    .description('bring the database up to date, as every start does')
    .action(() => withServices(async () => print(false, null, 'the database is up to date')));

  program
    .command('backup <file>')
    .description('copy the SQLite database into a new file, also while the server runs')
    .action((file: string) =>
      withServices(async (services) => {
        if (services.db.engine !== 'sqlite')
          throw new CommandError('backup is for SQLite; use pg_dump for PostgreSQL');
        if (existsSync(file)) throw new CommandError(`${file} exists already; a backup goes into a new file`);
        await services.db.backup(resolve(file)).catch((error: Error) => {
          throw new CommandError(`cannot write ${file}: ${error.message}`);
        });
        print(
          false,
          null,
          `wrote ${file}; restoring it takes the same secret (POSTERN_SECRET, or the file secret), which is kept elsewhere`,
        );
      }),
    );

  const keys = program.command('signing-key').description('the keys that sign access tokens');
  keys
    .command('rotate')
    .description('sign with the next key from now on; tokens signed before stay good until they expire')
    .option('--instance <name>', 'which instance')
    .option('--json', 'print JSON')
    .action((options: { instance?: string; json?: boolean }) =>
      withServices(async (services) => {
        const instance = await instanceNamed(services, options.instance);
        await services.signingKeys.rotate(instance.id, system, { onlyIfDue: false });
        const { kid } = await services.signingKeys.active(instance.id);
        print(options.json, { kid }, `signing with ${kid}`);
      }),
    );
}
