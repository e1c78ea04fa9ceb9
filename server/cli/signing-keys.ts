import type { Command } from 'commander';
import { toRfc3339 } from '../base/units.ts';
import type { Rotation } from '../keys/signing-keys.ts';
import { system } from '../model/event.ts';
import { CommandError, instanceNamed, print, withServices } from './with-services.ts';

interface Options {
  instance?: string;
  json?: boolean;
}

/** `signing-key list`, `signing-key rotate`, `signing-key drop KID`. */
export function addSigningKeyCommands(program: Command): void {
  const command = program.command('signing-key').description('the keys that sign access tokens');

  command
    .command('list')
    .description('every published key and what it is for')
    .option('--instance <handle>', 'which instance')
    .option('--json', 'print JSON')
    .action((options: Options) =>
      withServices('existing', async (services) => {
        const instance = await instanceNamed(services, options.instance);
        const keys = (await services.signingKeys.list(instance.id)).map((key) => ({
          kid: key.kid,
          state: key.state,
          created_at: toRfc3339(key.createdAt),
          signs_from: key.signsFrom === null ? null : toRfc3339(key.signsFrom),
          published_until: key.publishedUntil === null ? null : toRfc3339(key.publishedUntil),
        }));
        const lines = keys.map((key) =>
          [key.kid, key.state, ...(key.signs_from ? [`signs from ${key.signs_from}`] : [])].join('  '),
        );
        print(options.json, keys, lines.join('\n'));
      }),
    );

  command
    .command('rotate')
    .description('sign with the next key, as soon as every copy of the public keys has it; tokens stay good')
    .option('--instance <handle>', 'which instance')
    .option('--json', 'print JSON')
    .action((options: Options) =>
      withServices('existing', async (services) => {
        const instance = await instanceNamed(services, options.instance);
        const rotation = await services.signingKeys.rotate(instance.id, system, { onlyIfDue: false });
        if (rotation) printRotation(options, rotation, services.clock());
      }),
    );

  command
    .command('drop <kid>')
    .description('take a key out at once, one that others may have: the tokens that it signed are refused')
    .option('--instance <handle>', 'which instance')
    .option('--json', 'print JSON')
    .action((kid: string, options: Options) =>
      withServices('existing', async (services) => {
        const instance = await instanceNamed(services, options.instance);
        const rotation = await services.signingKeys.drop(instance.id, kid, system);
        if (!rotation)
          throw new CommandError(`no published signing key has the ID ${kid}; see postern signing-key list`);
        printRotation(options, rotation, services.clock());
      }),
    );
}

function printRotation(options: Options, { kid, signsFrom }: Rotation, now: number): void {
  const from = toRfc3339(signsFrom);
  print(
    options.json,
    { kid, signs_from: from },
    signsFrom <= now
      ? `signing with ${kid}`
      : `signing with ${kid} from ${from} on, when every copy of the public keys has it`,
  );
}
