import type { Command } from 'commander';
import { parseId } from '../base/ids.ts';
import { actOfOperator } from '../model/act.ts';
import { type Application, applicationTypes } from '../model/application.ts';
import { createApplication, deleteApplication } from '../registry/applications/applications.ts';
import { listApplications } from '../store/applications.ts';
import { CommandError, instanceNamed, print, withServices } from './with-services.ts';

interface Options {
  type?: string;
  name?: string;
  redirectUri?: string[];
  scope?: string[];
  instance?: string;
  json?: boolean;
}

/** `app create`, `app list`, `app delete`. */
export function addApplicationCommands(program: Command): void {
  const command = program.command('app').description('OAuth2 applications');

  command
    .command('create')
    .description('register an application and print its client ID and secret, once')
    .requiredOption('--type <type>', applicationTypes.join(', '))
    .requiredOption('--name <name>', 'what people call it')
    .option('--redirect-uri <uri...>', 'where users land after they signed in (web, spa)')
    .option('--scope <scope...>', 'what it may ask for')
    .option('--instance <handle>', 'which instance')
    .option('--json', 'print JSON')
    .action((options: Options) =>
      withServices('new', async (services) => {
        const type = applicationTypes.find((each) => each === options.type);
        if (!type) throw new CommandError(`--type must be one of ${applicationTypes.join(', ')}`);
        const instance = await instanceNamed(services, options.instance);
        const { client, clientSecret } = await createApplication(services, actOfOperator(instance), {
          type,
          name: options.name ?? '',
          ...(options.redirectUri && { redirectUris: options.redirectUri }),
          ...(options.scope && { scopes: options.scope }),
        });
        const data = { ...present(client.application), ...(clientSecret && { client_secret: clientSecret }) };
        print(
          options.json,
          data,
          `client ID: ${client.application.clientId}${clientSecret ? `\nclient secret, shown this once: ${clientSecret}` : ''}`,
        );
      }),
    );

  command
    .command('list')
    .description('the applications of an instance')
    .option('--instance <handle>', 'which instance')
    .option('--json', 'print JSON')
    .action((options: Options) =>
      withServices('existing', async (services) => {
        const instance = await instanceNamed(services, options.instance);
        const applications = await listApplications(services.db, instance.id);
        const lines = applications.map((each) =>
          [each.clientId, each.type.padEnd(7), each.enabled ? 'enabled ' : 'disabled', each.name].join('  '),
        );
        print(options.json, applications.map(present), lines.join('\n') || 'no applications');
      }),
    );

  command
    .command('delete <id>')
    .description('delete an application, by its ID or client ID, and end everything it holds')
    .option('--instance <handle>', 'which instance')
    .option('--json', 'print JSON')
    .action((given: string, options: Options) =>
      withServices('existing', async (services) => {
        const instance = await instanceNamed(services, options.instance);
        const id = parseId(given);
        const application = (await listApplications(services.db, instance.id)).find(
          (each) => each.id === id || each.clientId === id,
        );
        if (!application) throw new CommandError(`there is no application with the ID or client ID ${given}`);
        await deleteApplication(services, actOfOperator(instance), application.id);
        print(options.json, { id: application.id, deleted: true }, `deleted ${application.name}`);
      }),
    );
}

function present(application: Application): object {
  const { id, type, clientId, name, enabled, redirectUris, scopes } = application;
  return {
    id,
    type,
    client_id: clientId,
    name,
    enabled,
    ...(type !== 'machine' && { redirect_uris: redirectUris }),
    scopes,
  };
}
