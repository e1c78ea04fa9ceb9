import { cpus } from 'node:os';
import type { Measured } from './load.ts';
import type { Operation } from './operations.ts';
import { median } from './statistics.ts';
import type { SubjectName } from './subject.ts';
import { tableOf } from './table.ts';

/** What was measured of one operation: for each server its rounds, in order. */
export interface Result {
  readonly operation: Operation;
  readonly rounds: ReadonlyMap<SubjectName, readonly Measured[]>;
}

/** Two servers beside each other: medians of the ratios within each round. */
interface Ratio {
  readonly of: SubjectName;
  readonly to: SubjectName;
  /** Times the other's requests a second. */
  readonly throughput: number;
  /** Times the other's requests for the same CPU time of its process; null where the system does not tell. */
  readonly cpu: number | null;
  /** What is aimed at in throughput; null where nothing is. */
  readonly target: number | null;
}

const comparisons: readonly [SubjectName, SubjectName][] = [
  ['postern-sqlite', 'oidc-provider'],
  ['postern-sqlite', 'oidc-provider-sqlite'],
  ['postern-sqlite', 'floor'],
  ['postern-postgres', 'oidc-provider'],
  ['postern-postgres', 'postern-sqlite'],
];

/** The medians of a server's rounds, each figure by itself. */
export function summarize(rounds: readonly Measured[]): Measured {
  const cpu = rounds.flatMap(({ cpuMicroseconds }) => cpuMicroseconds ?? []);
  const bytes = rounds.flatMap(({ bytesWritten }) => bytesWritten ?? []);
  return {
    requestsPerSecond: median(rounds.map((each) => each.requestsPerSecond)),
    p50: median(rounds.map((each) => each.p50)),
    p99: median(rounds.map((each) => each.p99)),
    cpuMicroseconds: cpu.length === rounds.length ? median(cpu) : null,
    bytesWritten: bytes.length === rounds.length ? median(bytes) : null,
  };
}

function ratiosOf({ operation, rounds }: Result): Ratio[] {
  return comparisons.flatMap(([of, to]) => {
    const [ours, theirs] = [rounds.get(of), rounds.get(to)];
    if (!ours || !theirs) return [];
    const pairs = ours.map((each, round) => [each, theirs[round] as Measured] as const);
    const cpu = pairs.flatMap(([a, b]) =>
      a.cpuMicroseconds === null || b.cpuMicroseconds === null ? [] : b.cpuMicroseconds / a.cpuMicroseconds,
    );
    return {
      of,
      to,
      throughput: median(pairs.map(([a, b]) => a.requestsPerSecond / b.requestsPerSecond)),
      cpu: cpu.length === pairs.length ? median(cpu) : null,
      target: of === 'postern-sqlite' ? (operation.targets[to] ?? null) : null,
    };
  });
}

/** Everything, for programs. */
export function toJson(results: readonly Result[], pinned: boolean): object {
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cores: cpus().length, // availableParallelism() would count the one that the load keeps to
    one_core_each: pinned,
    operations: results.map((result) => ({
      name: result.operation.name,
      servers: Object.fromEntries(
        [...result.rounds].map(([name, rounds]) => [name, { median: summarize(rounds), rounds }]),
      ),
      ratios: ratiosOf(result),
    })),
  };
}

/** Everything, for people: a table of the servers and one of the ratios, as Markdown. */
export function toTables(results: readonly Result[]): string {
  const servers = results.flatMap(({ operation, rounds }) =>
    [...rounds].map(([name, each]) => {
      const { requestsPerSecond, p50, p99, cpuMicroseconds, bytesWritten } = summarize(each);
      return [
        operation.name,
        name,
        requestsPerSecond.toFixed(0),
        p50.toFixed(1),
        p99.toFixed(1),
        cpuMicroseconds?.toFixed(0) ?? '?',
        bytesWritten?.toFixed(0) ?? '?',
      ];
    }),
  );
  const ratios = results.flatMap((result) =>
    ratiosOf(result).map(({ of, to, throughput, cpu, target }) => [
      result.operation.name,
      `${of} / ${to}`,
      throughput.toFixed(2),
      cpu?.toFixed(2) ?? '?',
      target === null ? '' : String(target),
    ]),
  );
  return [
    tableOf(
      ['operation', 'server', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs/request', 'bytes/request'],
      servers,
      2,
    ),
    ratios.length === 0
      ? ''
      : tableOf(['operation', 'ratio', 'requests/s', 'requests per CPU time', 'aim'], ratios, 2),
  ].join('\n');
}
