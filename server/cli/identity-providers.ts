import type { Command } from 'commander';
import { parseId } from '../base/ids.ts';
import { toRfc3339 } from '../base/units.ts';
import { actOfOperator } from '../model/act.ts';
import type { IdentityProvider } from '../model/identity-provider.ts';
import { changeProvider } from '../registry/identity-providers/change.ts';
import type { Services } from '../services.ts';
import { listIdentityProviders } from '../store/identity-providers.ts';
import { CommandError, instanceNamed, print, withServices } from './with-services.ts';

interface Options {
  instance?: string;
  json?: boolean;
}

/** `identity-provider list`, `identity-provider enable`, `identity-provider disable`. */
export function addIdentityProviderCommands(program: Command): void {
  const command = program.command('identity-provider').description('who else may say who somebody is');

  command
    .command('list')
    .description('the identity providers of an instance, with what went wrong last')
    .option('--instance <handle>', 'which instance')
    .option('--json', 'print JSON')
    .action((options: Options) =>
      withServices('existing', async (services) => {
        const instance = await instanceNamed(services, options.instance);
        const providers = await listIdentityProviders(services.db, instance.id);
        print(options.json, providers.map(present), table(providers) || 'no identity providers');
      }),
    );

  for (const [name, enabled] of [
    ['enable', true],
    ['disable', false],
  ] as const)
    command
      .command(`${name} <id>`)
      .description(enabled ? 'let people sign in by it' : 'let nobody sign in by it')
      .option('--instance <handle>', 'which instance')
      .option('--json', 'print JSON')
      .action((id: string, options: Options) =>
        withServices('existing', (services) => setEnabled(services, id, enabled, options)),
      );
}

async function setEnabled(services: Services, given: string, enabled: boolean, options: Options) {
  const instance = await instanceNamed(services, options.instance);
  const id = parseId(given);
  if (!id) throw new CommandError(`there is no identity provider with the ID ${given}`);
  const provider = await changeProvider(services, actOfOperator(instance), id, { enabled });
  print(options.json, present(provider), `${enabled ? 'enabled' : 'disabled'} ${provider.name}`);
}

function table(providers: readonly IdentityProvider[]): string {
  return providers
    .map(({ id, type, enabled, name, lastError }) =>
      [
        id,
        type.padEnd(8),
        enabled ? 'enabled ' : 'disabled',
        name,
        ...(lastError === null ? [] : [`(${lastError})`]),
      ].join('  '),
    )
    .join('\n');
}

function present(provider: IdentityProvider): object {
  return {
    id: provider.id,
    type: provider.type,
    name: provider.name,
    enabled: provider.enabled,
    default: provider.isDefault,
    email_domains: provider.emailDomains,
    last_error: provider.lastError,
    last_error_at: provider.lastErrorAt === null ? null : toRfc3339(provider.lastErrorAt),
  };
}
