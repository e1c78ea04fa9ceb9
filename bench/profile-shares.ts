import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tableOf } from './table.ts';

/** What V8 writes with `--cpu-prof`: a tree of functions, and which of them was running at each moment. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

const root = fileURLToPath(new URL('../', import.meta.url));

/** By what a function's file says; the first that matches. A function without any of them is its caller's. */
const parts: readonly (readonly [part: string, file: RegExp])[] = [
  [
    'SQLite',
    /^node:sqlite|^server\/store\/engine\/sqlite\.ts|^bench\/floor\/group-commit\.ts|\/sqlite-adapter\.ts/,
  ],
  ['signatures, MACs, hashes', /^node:(internal\/)?crypto/],
  [
    'HTTP, streams, events, timers of Node',
    /^node:(_http|net$|events|timers|internal\/(streams|stream_|timers|process|http|async))/,
  ],
  [
    'Fastify and its plugins',
    /node_modules\/(fastify|@fastify|find-my-way|avvio|toad-cache|secure-json|process-warning|reusify)/,
  ],
  ['metrics (prom-client)', /node_modules\/(prom-client|tdigest|bintrees)/],
  ['other packages', /node_modules\//],
  ['own: rules', /^server\/(model|events|limits|keys|authorizations|registry|accounts|oauth)\//],
  ['own: statements and rows', /^server\/store\//],
  ['own: routes, pages, and what they share', /^server\/(routes|http|pages)\//],
  ['own: the rest', /^(server|bench)\//],
];

/**
 * Where the time of servers went in the second half of their lives, when they answered what was measured and were warm.
 * @param servers each with its profiles' folder, its process ID, and how long it was busy for a request (null: unknown)
 * @returns a table for people, as Markdown: microseconds of CPU time a request, by part
 */
export function sharesTable(
  servers: readonly { name: string; folder: string; pid: number; cpuMicroseconds: number | null }[],
): string {
  const shares = servers.map(({ folder, pid }) => sharesOf(readProfile(folder, pid)));
  const names = [...parts.map(([part]) => part), 'garbage collection', 'other'];
  const rows = names
    .filter((part) => shares.some((each) => (each.get(part) ?? 0) >= 0.005))
    .map((part) => [
      part,
      ...servers.flatMap(({ cpuMicroseconds }, index) => {
        const share = shares[index]?.get(part) ?? 0;
        return [
          `${(share * 100).toFixed(0)}%`,
          cpuMicroseconds === null ? '?' : (share * cpuMicroseconds).toFixed(0),
        ];
      }),
    ]);
  return tableOf(['part', ...servers.flatMap(({ name }) => [name, 'µs/request'])], rows, 1);
}

function readProfile(folder: string, pid: number): CpuProfile {
  // CPU.<date>.<time>.<process>.<thread>.<number>.cpuprofile; thread 0 answers the requests.
  const file = readdirSync(folder).find((name) => name.includes(`.${pid}.0.`));
  if (!file) throw new Error(`process ${pid} wrote no profile into ${folder}`);
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile;
}

function sharesOf({ nodes, samples, timeDeltas }: CpuProfile): Map<string, number> {
  const parents = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  );
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const partOf = (id: number): string | null => {
    const { functionName } = frames.get(id) ?? { functionName: '' };
    if (functionName === '(idle)') return null;
    if (functionName === '(garbage collector)') return 'garbage collection';
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const file = frames.get(at)?.url.replace('file://', '').replace(root, '') ?? '';
      const part = file && parts.find(([, pattern]) => pattern.test(file));
      if (part) return part[0];
    }
    return 'other';
  };
  const ofNode = new Map(nodes.map(({ id }) => [id, partOf(id)]));
  const times = new Map<string, number>();
  let all = 0;
  for (let sample = Math.floor(samples.length / 2); sample < samples.length; sample++) {
    const part = ofNode.get(samples[sample] as number);
    if (!part) continue;
    const time = timeDeltas[sample] as number;
    times.set(part, (times.get(part) ?? 0) + time);
    all += time;
  }
  return new Map([...times].map(([part, time]) => [part, time / all]));
}
