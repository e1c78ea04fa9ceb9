import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { CommandError, print, withServices } from './with-services.ts';

/** `migrate`, `backup FILE`. */
export function addDatabaseCommands(program: Command): void {
  program
    .command('migrate')
    .description('bring the database up to date, as every start does')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: boolean }) =>
      withServices('new', async () => print(json, { migrated: true }, 'the database is up to date')),
    );

  program
    .command('backup <file>')
    .description('copy the SQLite database into a new file, also while the server runs')
    .option('--json', 'print JSON')
    .action((file: string, { json }: { json?: boolean }) =>
      withServices('existing', async (services) => {
        if (services.db.engine !== 'sqlite')
          throw new CommandError('backup is for SQLite; use pg_dump for PostgreSQL');
        if (existsSync(file)) throw new CommandError(`${file} exists already; a backup goes into a new file`);
        await services.db.backup(resolve(file)).catch((error: Error) => {
          throw new CommandError(`cannot write ${file}: ${error.message}`);
        });
        print(
          json,
          { file: resolve(file) },
          `wrote ${file}; restoring it takes the same secret (POSTERN_SECRET, or the file secret), which is kept elsewhere`,
        );
      }),
    );
}
