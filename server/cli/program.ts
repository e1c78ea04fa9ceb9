import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addApplicationCommands } from './applications.ts';
import { addDatabaseCommands } from './database.ts';
import { addIdentityProviderCommands } from './identity-providers.ts';
import { addInstanceCommands } from './instances.ts';
import { addSigningKeyCommands } from './signing-keys.ts';
import { addUserCommands } from './users.ts';
import { explain } from './with-services.ts';

/** The command line: `npx postern COMMAND` from a checkout. Sets the exit code; an error is one line. */
export async function run(): Promise<void> {
  const program = new Command('postern')
    .description('A self-hosted OAuth 2 and OpenID Connect server for products that want integrations')
    .version(version())
    .exitOverride();
  program
    .command('serve')
    .description('start the server (what npm start does)')
    // Only a server needs its routes: the other commands start without them.
    .action(async () => (await import('../process/serve.ts')).serve());
  addDatabaseCommands(program);
  addInstanceCommands(program);
  addSigningKeyCommands(program);
  addUserCommands(program);
  addApplicationCommands(program);
  addIdentityProviderCommands(program);

  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // Whoever read has seen enough, such as head: the command goes on in silence, and its end says that not all was read.
      if (error.code !== 'EPIPE') throw error;
      process.exitCode = 1;
    });
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) process.stderr.write(`postern: ${explain(error)}\n`);
    process.exitCode = error instanceof CommanderError ? error.exitCode : 1;
  }
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
