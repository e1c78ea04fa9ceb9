import { parseArgs } from 'node:util';
import { operations } from './operations.ts';
import type { SubjectName } from './subject.ts';

const subjectNames: readonly SubjectName[] = [
  'postern-sqlite',
  'postern-postgres',
  'oidc-provider',
  'oidc-provider-sqlite',
  'floor',
];

export interface Options {
  readonly rounds: number;
  readonly isQuick: boolean;
  /** The names of those that are measured. */
  readonly subjects: readonly SubjectName[];
  readonly operations: readonly string[];
  /** Where the results go as JSON. */
  readonly json: string | null;
  /** The folder for CPU profiles. */
  readonly profile: string | null;
}

export const usage = `npm run bench -- [OPTION…]

  --rounds N           measurements of each operation at each server (5; --quick: 2)
  --quick              a quarter of the requests
  --servers A,B        some of ${subjectNames.join(', ')}
  --operations A,B     some of ${operations.map(({ name }) => name).join(', ')}
  --json FILE          writes the results to a file as well
  --profile FOLDER     writes a CPU profile of each server, which slows them down, and sums it up; with one operation
`;

/** @throws Error that says which argument is wrong */
export function readOptions(arguments_: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...arguments_],
    options: {
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      servers: { type: 'string' },
      operations: { type: 'string' },
      json: { type: 'string' },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const rounds = Number(values.rounds ?? (values.quick ? 2 : 5));
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 20)
    throw new Error('--rounds must be a number from 1 to 20');
  return {
    rounds,
    isQuick: values.quick,
    subjects: chosen('--servers', values.servers, subjectNames),
    operations: chosen(
      '--operations',
      values.operations,
      operations.map(({ name }) => name),
    ),
    json: values.json ?? null,
    profile: values.profile ?? null,
  };
}

function chosen<Name extends string>(
  option: string,
  text: string | undefined,
  all: readonly Name[],
): readonly Name[] {
  if (text === undefined) return all;
  const names = text.split(',');
  const unknown = names.find((name) => !(all as readonly string[]).includes(name));
  if (unknown !== undefined) throw new Error(`${option}: ${unknown} is none of ${all.join(', ')}`);
  return all.filter((name) => names.includes(name));
}
