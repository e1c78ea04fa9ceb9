import type { Command } from 'commander';
import { actOfOperator } from '../model/act.ts';
import { passwordSignIns } from '../model/identity-provider.ts';
import type { Instance } from '../model/instance.ts';
import { checkInstanceFields } from '../model/instance-fields.ts';
import { handleFrom } from '../model/instance-handle.ts';
import { readUrl } from '../process/config.ts';
import { changesOfMove, writeInstanceChange } from '../registry/instances/change.ts';
import { makeInstance } from '../registry/instances/make.ts';
import type { Services } from '../services.ts';
import { UniqueViolation } from '../store/engine/database.ts';
import { findDefaultInstance, findInstanceByHandle, listInstances } from '../store/instances.ts';
import { CommandError, instanceNamed, print, withServices } from './with-services.ts';

interface CreateOptions {
  name: string;
  url: string;
  handle?: string;
  json?: boolean;
}

interface UpdateOptions {
  name?: string;
  handle?: string;
  url?: string;
  maxApplications?: string;
  passwordSignIn?: string;
  json?: boolean;
}

/** `instance create`, `instance list`, `instance update`. */
export function addInstanceCommands(program: Command): void {
  const command = program
    .command('instance')
    .description('tenants: each with its own host name, users and applications');
  command
    .command('create')
    .description('add an instance under a host name of its own')
    .requiredOption('--name <name>', 'what people read on its pages')
    .requiredOption('--url <url>', 'its public base URL, which is its issuer')
    .option('--handle <handle>', 'what --instance takes; made of the name unless given')
    .option('--json', 'print JSON')
    .action((options: CreateOptions) => withServices('new', (services) => create(services, options)));

  command
    .command('list')
    .description('all instances of this database')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) =>
      withServices('existing', async (services) => {
        const instances = await listInstances(services.db);
        print(options.json, instances.map(present), table(instances));
      }),
    );

  command
    .command('update <handle>')
    .description('change what only the operator may, and the name')
    .option('--max-applications <number>', 'how many applications it may have')
    .option('--name <name>', 'what people read on its pages')
    .option('--handle <handle>', 'what --instance takes from now on')
    .option('--url <url>', 'its public base URL from now on; tokens of the old issuer are refused')
    .option('--password-sign-in <who>', `who may sign in with a password: ${passwordSignIns.join(', ')}`)
    .option('--json', 'print JSON')
    .action((handle: string, options: UpdateOptions) =>
      withServices('existing', (services) => update(services, handle, options)),
    );
}

async function create(services: Services, options: CreateOptions): Promise<void> {
  const { name } = options;
  const handle = options.handle ?? handleFrom(name);
  if (options.handle === undefined && handle === '')
    throw new CommandError('--handle is needed, since the name has neither a letter from a to z nor a digit');
  refuseNaming({ handle, name });
  const url = readUrl(options.url, '--url');
  const instance = await explainTaken(services, handle, () =>
    services.db.transaction((tx) =>
      makeInstance(tx, services.signingKeys, services.clock(), { handle, name, url }),
    ),
  );
  print(
    options.json,
    present(instance),
    `created the instance ${instance.handle} (${instance.name}) at ${instance.url}`,
  );
}

async function update(services: Services, given: string, options: UpdateOptions): Promise<void> {
  const { name, handle, maxApplications, passwordSignIn } = options;
  if ([name, handle, options.url, maxApplications, passwordSignIn].every((option) => option === undefined))
    throw new CommandError(
      'nothing to change: give --max-applications, --name, --handle, --url or --password-sign-in',
    );
  const instance = await instanceNamed(services, given);
  if (maxApplications !== undefined && !/^\d{1,6}$/.test(maxApplications))
    throw new CommandError('--max-applications must be a whole number from 0 to 999999');
  const password = passwordSignIns.find((who) => who === passwordSignIn);
  if (passwordSignIn !== undefined && !password)
    throw new CommandError(`--password-sign-in must be one of ${passwordSignIns.join(', ')}`);
  const naming = { ...(name !== undefined && { name }), ...(handle !== undefined && { handle }) };
  refuseNaming(naming);
  const url = options.url === undefined ? undefined : readUrl(options.url, '--url');
  if (url !== undefined) await refuseMove(services, instance);
  const changed = await explainTaken(services, handle === given ? undefined : handle, () =>
    services.db.transaction((tx) =>
      writeInstanceChange(tx, services.clock(), actOfOperator(instance), (before) => ({
        ...naming,
        ...(url !== undefined && changesOfMove(before, url)),
        ...(maxApplications !== undefined && { maxApplications: Number(maxApplications) }),
        ...(password && { signIn: { ...before.signIn, password } }),
      })),
    ),
  );
  if (changed)
    print(
      options.json,
      present(changed),
      `${changed.handle} at ${changed.url} is called ${changed.name}, may have ${changed.maxApplications} applications, and lets ${changed.signIn.password} sign in with a password`,
    );
}

/** Every start of the server would move the default instance back. */
async function refuseMove(services: Services, instance: Instance): Promise<void> {
  if ((await findDefaultInstance(services.db))?.id === instance.id)
    throw new CommandError('--url is for other instances: POSTERN_URL says where the default one is');
}

function refuseNaming(naming: { handle?: string; name?: string }): void {
  const [wrong] = checkInstanceFields(naming);
  if (wrong) throw new CommandError(`--${wrong.path} ${wrong.message}`);
}

/** Says which of the two that are unique is taken. */
async function explainTaken<T>(
  services: Services,
  handle: string | undefined,
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error;
    if (handle !== undefined && (await findInstanceByHandle(services.db, handle)))
      throw new CommandError(`the handle ${handle} is taken: choose another by --handle`);
    throw new CommandError('the host of --url is taken by another instance');
  }
}

function table(instances: readonly Instance[]): string {
  const width = (field: 'handle' | 'url') => Math.max(...instances.map((each) => each[field].length));
  const [handles, urls] = [width('handle'), width('url')];
  return instances
    .map(({ handle, url, name }) => `${handle.padEnd(handles)}  ${url.padEnd(urls)}  ${name}`)
    .join('\n');
}

function present(instance: Instance): object {
  return {
    id: instance.id,
    handle: instance.handle,
    name: instance.name,
    url: instance.url,
    customer_id: instance.customerId,
    max_applications: instance.maxApplications,
    sign_in: instance.signIn,
  };
}
