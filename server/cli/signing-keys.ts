import { type Command, Option } from 'commander';
import { toRfc3339 } from '../base/units.ts';
import type { Rotation } from '../keys/signing-keys.ts';
import { system } from '../model/event.ts';
import { type SigningAlgorithm, signingAlgorithms } from '../model/signing-algorithm.ts';
import { CommandError, instanceNamed, print, withServices } from './with-services.ts';

interface Options {
  instance?: string;
  json?: boolean;
}

/** `signing-key list`, `signing-key rotate`, `signing-key drop KID`. */
export function addSigningKeyCommands(program: Command): void {
  const command = program
    .command('signing-key')
    .description('the keys that sign access tokens, ID tokens and logout tokens');

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
          algorithm: key.algorithm,
          state: key.state,
          created_at: toRfc3339(key.createdAt),
          signs_from: key.signsFrom === null ? null : toRfc3339(key.signsFrom),
          published_until: key.publishedUntil === null ? null : toRfc3339(key.publishedUntil),
        }));
        const lines = keys.map((key) =>
          [
            key.kid,
            key.algorithm,
            key.state,
            ...(key.signs_from ? [`signs from ${key.signs_from}`] : []),
          ].join('  '),
        );
        print(options.json, keys, lines.join('\n'));
      }),
    );

  command
    .command('rotate')
    .description(
      'sign with the next keys, as soon as every copy of the public keys has them; tokens stay good',
    )
    .addOption(new Option('--algorithm <algorithm>', 'only the keys of this one').choices(signingAlgorithms))
    .option('--instance <handle>', 'which instance')
    .option('--json', 'print JSON')
    .action((options: Options & { algorithm?: SigningAlgorithm }) =>
      withServices('existing', async (services) => {
        const instance = await instanceNamed(services, options.instance);
        const rotations: Rotation[] = [];
        for (const algorithm of options.algorithm ? [options.algorithm] : signingAlgorithms) {
          const rotation = await services.signingKeys.rotate(instance.id, algorithm, system, {
            onlyIfDue: false,
          });
          if (rotation) rotations.push(rotation);
        }
        if (rotations.length === 0)
          throw new CommandError(
            `there is no key for ${options.algorithm} yet: the first is made when somebody needs it`,
          );
        const now = services.clock();
        print(
          options.json,
          rotations.map(present),
          rotations.map((rotation) => sentence(rotation, now)).join('\n'),
        );
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
        print(options.json, present(rotation), sentence(rotation, services.clock()));
      }),
    );
}

function present({ algorithm, kid, signsFrom }: Rotation): object {
  return { algorithm, kid, signs_from: toRfc3339(signsFrom) };
}

function sentence({ algorithm, kid, signsFrom }: Rotation, now: number): string {
  return signsFrom <= now
    ? `signing ${algorithm} with ${kid}`
    : `signing ${algorithm} with ${kid} from ${toRfc3339(signsFrom)} on, when every copy of the public keys has it`;
}
