import { useSyncExternalStore } from 'react';
import type { Text } from '../intl/text.ts';
import { problemText } from './problem-text.ts';

let isNeeded = false;
const listeners = new Set<() => void>();

/** Whether there was ever something to say: what says it is fetched no earlier. */
export function useToastsNeeded(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => isNeeded,
  );
}

async function queue() {
  isNeeded = true;
  for (const listener of listeners) listener();
  return (await import('@react-spectrum/s2/Toast')).ToastQueue;
}

/** Says that something was done; goes by itself. */
export function showDone(message: string): void {
  void queue().then((toasts) => toasts.positive(message, { timeout: 6_000 }));
}

/** Says that something was not done; stays until it is dismissed. */
export function showFailure(message: string): void {
  void queue().then((toasts) => toasts.negative(message));
}

/** What to do with a failure that belongs to no field: say it. */
export function showProblem(t: Text): (error: unknown) => void {
  return (error) => showFailure(problemText(t, error));
}
