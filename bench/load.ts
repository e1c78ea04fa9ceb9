import { Connection } from './http-client.ts';
import { bytesWritten, cpuTime } from './processes.ts';
import { percentile } from './statistics.ts';
import type { Measurable } from './subject.ts';

/** Requests under way at one moment, each on a connection of its own, unless an operation says otherwise. */
const usualConcurrency = 32;
/** Milliseconds that one measurement may take, unless an operation says otherwise. */
const usualPatience = 180_000;

/** Does the request with this number, and throws unless it was answered as it should be. */
export type Perform = (connection: Connection, index: number) => Promise<void>;

export interface Measured {
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Of the server's process; null where the system does not tell. */
  readonly cpuMicroseconds: number | null;
  /** A request's share of what the process had written to disk; null where the system does not tell. */
  readonly bytesWritten: number | null;
}

export interface LoadOptions {
  readonly concurrency?: number;
  /** Milliseconds. */
  readonly patience?: number;
  /** Whether the load's core is another process's too, which then must not be kept from it. */
  readonly sharesCore?: boolean;
}

/**
 * Does `count` requests as fast as the server answers them.
 * @throws Error when one was not answered as it should be, or all together take more than `patience`
 */
export async function measure(
  subject: Measurable,
  count: number,
  perform: Perform,
  { concurrency = usualConcurrency, patience = usualPatience, sharesCore = false }: LoadOptions = {},
): Promise<Measured> {
  const connections = await Promise.all(Array.from({ length: concurrency }, () => Connection.open(subject)));
  const latencies = new Float64Array(count);
  let next = 0;
  const cpuBefore = cpuTime(subject.pid);
  const bytesBefore = bytesWritten(subject.pid);
  const began = performance.now();
  const goToSleep = sharesCore ? () => {} : stayAwake();
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
    goToSleep();
    for (const connection of connections) connection.close();
  }
  const milliseconds = performance.now() - began;
  const cpuAfter = cpuTime(subject.pid);
  const bytesAfter = bytesWritten(subject.pid);
  latencies.sort();
  return {
    requestsPerSecond: (count / milliseconds) * 1000,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    cpuMicroseconds: cpuBefore === null || cpuAfter === null ? null : (cpuAfter - cpuBefore) / count,
    bytesWritten: bytesBefore === null || bytesAfter === null ? null : (bytesAfter - bytesBefore) / count,
  };
}

/**
 * Keeps this process from sleeping between answers. To wake a core that sleeps is charged to the process that wakes it, on a
 * virtual machine tens of microseconds for each answer: as much as many a server spends on one.
 * @returns how to end it
 */
function stayAwake(): () => void {
  let awake = true;
  const turn = () => {
    if (awake) setImmediate(turn);
  };
  turn();
  return () => {
    awake = false;
  };
}
