import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { importUsers } from '../accounts/import.ts';
import { createUser, updateUser } from '../accounts/users.ts';
import { actOfOperator } from '../model/act.ts';
import { emailKey } from '../model/email.ts';
import type { Instance } from '../model/instance.ts';
import { roles, type User } from '../model/user.ts';
import type { Services } from '../services.ts';
import { findUserByEmail } from '../store/users.ts';
import { CommandError, instanceNamed, print, withServices } from './with-services.ts';

interface Options {
  email: string;
  name?: string;
  role?: string;
  passwordStdin?: boolean;
  instance?: string;
  json?: boolean;
}

/** `user create`, `user import`, `user deactivate`, `user reset-password`. */
export function addUserCommands(program: Command): void {
  const command = program.command('user').description('the people who sign in');

  command
    .command('create')
    .description('add a user; without --password-stdin a password is made and printed once')
    .requiredOption('--email <email>', 'what they sign in with')
    .requiredOption('--name <name>', 'what they are called')
    .option('--role <role>', roles.join(' or '), 'user')
    .option('--password-stdin', 'read the password from standard input')
    .option('--instance <handle>', 'which instance')
    .option('--json', 'print JSON')
    .action((options: Options) =>
      withServices('new', async (services) => {
        const role = roles.find((each) => each === options.role);
        if (!role) throw new CommandError(`--role must be ${roles.join(' or ')}`);
        const { password, made } = await readPassword(options);
        const instance = await instanceNamed(services, options.instance);
        const user = await createUser(services, actOfOperator(instance), {
          email: options.email,
          name: options.name ?? '',
          role,
          password,
        });
        printUser(options, user, `created ${user.role} ${user.email}`, made);
      }),
    );

  command
    .command('import')
    .description(
      'take users over from a file: a JSON object a line; a line that fails keeps no other from being taken',
    )
    .argument('<file>', 'the file; - for standard input')
    .option('--dry-run', 'write nothing, and print what would come of it')
    .option('--instance <handle>', 'which instance')
    .option('--json', 'print JSON')
    .action((file: string, options: { dryRun?: boolean; instance?: string; json?: boolean }) =>
      withServices('existing', async (services) => {
        const instance = await instanceNamed(services, options.instance);
        const lines = await openLines(file);
        const result = await importUsers(services, actOfOperator(instance), lines, options.dryRun === true);
        const { created, updated, failed } = result;
        print(
          options.json,
          result,
          [
            ...failed.map(({ line, message }) => `line ${line}: ${message}`),
            `${options.dryRun ? 'would create' : 'created'} ${created}, ${options.dryRun ? 'would update' : 'updated'} ${updated}, failed ${failed.length}`,
          ].join('\n'),
        );
        if (failed.length > 0) process.exitCode = 1;
      }),
    );

  command
    .command('deactivate')
    .description('keep a user out: sessions end, and nothing that they allowed works')
    .requiredOption('--email <email>', 'whom')
    .option('--instance <handle>', 'which instance')
    .option('--json', 'print JSON')
    .action((options: Options) =>
      withServices('existing', async (services) => {
        const { instance, user } = await find(services, options);
        const { user: changed } = await updateUser(services, actOfOperator(instance), user.id, {
          active: false,
        });
        printUser(options, changed, `deactivated ${user.email}`, null);
      }),
    );

  command
    .command('reset-password')
    .description('give a user a new password; without --password-stdin one is made and printed once')
    .requiredOption('--email <email>', 'whose')
    .option('--password-stdin', 'read the password from standard input')
    .option('--instance <handle>', 'which instance')
    .option('--json', 'print JSON')
    .action((options: Options) =>
      withServices('existing', async (services) => {
        const { password, made } = await readPassword(options);
        const { instance, user } = await find(services, options);
        await updateUser(services, actOfOperator(instance), user.id, { password });
        printUser(options, user, `reset the password of ${user.email}`, made);
      }),
    );
}

/** The lines of a file, or of standard input. @throws CommandError when it cannot be opened */
async function openLines(file: string): Promise<AsyncIterable<string>> {
  if (file === '-') return createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  try {
    return (await open(file)).readLines();
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

async function readPassword(options: Options): Promise<{ password: string; made: string | null }> {
  if (options.passwordStdin)
    return { password: (await text(process.stdin)).replace(/\r?\n$/, ''), made: null };
  const made = randomBytes(15).toString('base64url');
  return { password: made, made };
}

async function find(services: Services, options: Options): Promise<{ instance: Instance; user: User }> {
  const instance = await instanceNamed(services, options.instance);
  const found = await findUserByEmail(services.db, instance.id, emailKey(options.email));
  if (!found) throw new CommandError(`there is no user with the email address ${options.email}`);
  return { instance, user: found.user };
}

function printUser(options: Options, user: User, line: string, password: string | null): void {
  const { id, email, name, role, active } = user;
  print(
    options.json,
    { id, email, name, role, active, ...(password && { password }) },
    password ? `${line}\npassword: ${password}` : line,
  );
}
