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

/**
 * Waits for the answer to come in another window of this browser.
 * @returns what ends the waiting
 */
export function waitFor(pending: PendingTrial, onArrival: (arrival: Arrival) => void): () => void {
  const channel = new BroadcastChannel(channelName);
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.kind !== 'arrived' || data.callback.state !== pending.state) return;
    channel.postMessage({ kind: 'taken', state: pending.state } satisfies Message);
    channel.close();
    forgetPending();
    onArrival({ pending, callback: data.callback });
  };
  return () => channel.close();
}

/** How long another tab has to say that it was waiting for this, in milliseconds. */
const patience = 2_000;

/**
 * Finds who asked for an answer: another tab that waits for it, or this one.
 * @returns `elsewhere` when another tab took it, the request that this tab made, or `nobody`
 */
export async function findAsker(callback: Callback): Promise<PendingTrial | 'elsewhere' | 'nobody'> {
  const { state } = callback;
  if (state === undefined) return 'nobody';
  const own = takePending(state);
  if (own && !own.isAwaited) return own;
  const isTaken = await new Promise<boolean>((resolve) => {
    const channel = new BroadcastChannel(channelName);
    const finish = (taken: boolean) => {
      clearTimeout(timer);
      channel.close();
      resolve(taken);
    };
    const timer = setTimeout(() => finish(false), patience);
    channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.kind === 'taken' && data.state === state) finish(true);
    };
    channel.postMessage({ kind: 'arrived', callback } satisfies Message);
  });
  if (isTaken) return 'elsewhere';
  return own ?? 'nobody';
}
