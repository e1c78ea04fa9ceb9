import { Connection } from './http-client.ts';
import { cpuTime } from './processes.ts';
import { percentile } from './statistics.ts';
import type { Subject } from './subject.ts';

/** Requests under way at one moment, each on a connection of its own. */
export const concurrency = 32;
/** Milliseconds that one measurement may take. */
const patience = 60_000;

/** Does the request with this number, and throws unless it was answered as it should be. */
export type Perform = (connection: Connection, index: number) => Promise<void>;

export interface Measured {
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Of the server's process; null where the system does not tell. */
  readonly cpuMicroseconds: number | null;
}

/**
 * Does `count` requests as fast as the server answers them.
 * @throws Error when one was not answered as it should be, or all together take more than a minute
 */
export async function measure(subject: Subject, count: number, perform: Perform): Promise<Measured> {
  const connections = await Promise.all(Array.from({ length: concurrency }, () => Connection.open(subject)));
  const latencies = new Float64Array(count);
  let next = 0;
  const cpuBefore = cpuTime(subject.pid);
  const began = performance.now();
  try {
    await Promise.all(
      connections.map(async (connection) => {
        while (next < count) {
          const index = next++;
          const sent = performance.now();
          if (sent - began > patience) throw new Error(`${count} requests took longer than ${patience} ms`);
          await perform(connection, index);
          latencies[index] = performance.now() - sent;
        }
      }),
    );
  } finally {
    for (const connection of connections) connection.close();
  }
  const milliseconds = performance.now() - began;
  const cpuAfter = cpuTime(subject.pid);
  latencies.sort();
  return {
    requestsPerSecond: (count / milliseconds) * 1000,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    cpuMicroseconds: cpuBefore === null || cpuAfter === null ? null : (cpuAfter - cpuBefore) / count,
  };
}
