import type { Command } from 'commander';
import { system } from '../model/event.ts';
import type { Instance } from '../model/instance.ts';
import { readUrl } from '../process/config.ts';
import { writeInstanceChange } from '../registry/instances/change.ts';
import { makeInstance } from '../registry/instances/make.ts';
import { CommandError, instanceNamed, print, withServices } from './with-services.ts';

/** `instance create`, `instance update`. */
export function addInstanceCommands(program: Command): void {
  const command = program
    .command('instance')
    .description('tenants: each with its own host name, users and applications');
  command
    .command('create')
    .description('add an instance under a host name of its own')
    .requiredOption('--name <name>', 'its name on this command line')
    .requiredOption('--url <url>', 'its public base URL, which is its issuer')
    .option('--json', 'print JSON')
    .action((options: { name: string; url: string; json?: boolean }) =>
      withServices('new', async (services) => {
        if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(options.name))
          throw new CommandError('--name must be lower-case letters, digits and dashes, 63 at most');
        const url = readUrl(options.url, '--url');
        const instance = await services.db.transaction((tx) =>
          makeInstance(tx, services.signingKeys, services.clock(), { name: options.name, url }),
        );
        print(options.json, present(instance), `created the instance ${instance.name} at ${instance.url}`);
      }),
    );

  command
    .command('update <name>')
    .description('change what only the operator may')
    .requiredOption('--max-applications <number>', 'how many applications it may have')
    .option('--json', 'print JSON')
    .action((name: string, options: { maxApplications: string; json?: boolean }) =>
      withServices('existing', async (services) => {
        const { id } = await instanceNamed(services, name);
        if (!/^\d{1,6}$/.test(options.maxApplications))
          throw new CommandError('--max-applications must be a whole number from 0 to 999999');
        const changed = await services.db.transaction((tx) =>
          writeInstanceChange(
            tx,
            services.clock(),
            { instanceId: id, actor: system, ip: null },
            { maxApplications: Number(options.maxApplications) },
          ),
        );
        if (changed)
          print(
            options.json,
            present(changed),
            `${changed.name} may have ${changed.maxApplications} applications`,
          );
      }),
    );
}

function present(instance: Instance): object {
  return {
    id: instance.id,
    name: instance.name,
    url: instance.url,
    customer_id: instance.customerId,
    max_applications: instance.maxApplications,
  };
}
