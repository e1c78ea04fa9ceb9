import type { Callback } from './callback.ts';
import { forgetPending, type PendingTrial, takePending } from './pending.ts';

/** An answer together with the request that it answers. */
export interface Arrival {
  readonly pending: PendingTrial;
  readonly callback: Callback;
}

/** What came to this tab itself, on its way to the application's screen. In memory only. */
let inHand: Arrival | undefined;

export function hold(arrival: Arrival): void {
  inHand = arrival;
}

/** What came for this application, for the only time. */
export function takeArrival(applicationId: string): Arrival | undefined {
  if (inHand?.pending.applicationId !== applicationId) return undefined;
  const arrival = inHand;
  inHand = undefined;
  return arrival;
}

const channelName = 'postern.try';
type Message = { kind: 'arrived'; callback: Callback } | { kind: 'taken'; state: string };

/** Held by the tab that waits for an answer, for as long as it waits: others see that even while it is busy. */
const lockOf = (state: string) => `postern.try ${state}`;

/**
 * Waits for the answer to come in another window of this browser.
 * @returns what ends the waiting
 */
export function waitFor(pending: PendingTrial, onArrival: (arrival: Arrival) => void): () => void {
  const channel = new BroadcastChannel(channelName);
  const { promise: end, resolve } = Promise.withResolvers<void>();
  void navigator.locks.request(lockOf(pending.state), () => end);
  const stop = () => {
    channel.close();
    resolve();
  };
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.kind !== 'arrived' || data.callback.state !== pending.state) return;
    channel.postMessage({ kind: 'taken', state: pending.state } satisfies Message);
    stop();
    forgetPending();
    onArrival({ pending, callback: data.callback });
  };
  return stop;
}

/** How long a word of the tab that waited may still be on its way when that waits no more, in milliseconds. */
const patience = 1_000;

/**
 * Finds who asked for an answer: another tab that waits for it, or this one.
 * @returns `elsewhere` when another tab took it, the request that this tab made, or `nobody`
 */
export async function findAsker(callback: Callback): Promise<PendingTrial | 'elsewhere' | 'nobody'> {
  const { state } = callback;
  if (state === undefined) return 'nobody';
  const own = takePending(state);
  if (own && !own.isAwaited) return own;
  const { held = [] } = await navigator.locks.query();
  const isAwaited = held.some(({ name }) => name === lockOf(state));
  if (isAwaited && (await isTaken(state, callback))) return 'elsewhere';
  return own ?? 'nobody';
}

/** Gives the answer to the tab that waits for it. @returns whether it took it, rather than went away */
function isTaken(state: string, callback: Callback): Promise<boolean> {
  return new Promise((resolve) => {
    const channel = new BroadcastChannel(channelName);
    const finish = (taken: boolean) => {
      channel.close();
      resolve(taken);
    };
    channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.kind === 'taken' && data.state === state) finish(true);
    };
    channel.postMessage({ kind: 'arrived', callback } satisfies Message);
    void navigator.locks.request(lockOf(state), () => {
      setTimeout(() => finish(false), patience);
    });
  });
}
