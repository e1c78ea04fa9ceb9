import { type Cluster, startCluster } from './cluster.ts';

// What `node --test` does once, before it starts a process for each file and after the last: bin/test.mjs names this file. To make a
// PostgreSQL takes more than a second of a core, and half of the files want one.

let cluster: Cluster | undefined;

/** Starts the PostgreSQL of the whole run; every process of tests finds it in its environment. */
export async function globalSetup(): Promise<void> {
  cluster = await startCluster({ durable: false });
  process.env['TEST_POSTGRES'] = cluster.url;
}

export async function globalTeardown(): Promise<void> {
  await cluster?.stop();
}
