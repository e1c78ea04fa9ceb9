import type { Profile } from '../../connect/endpoints.ts';

/** An authorization request that was sent and waits for its answer. Holds the verifier, but never the client secret. */
export interface PendingTrial {
  readonly applicationId: string;
  readonly state: string;
  readonly issuer: string;
  readonly profile: Profile;
  readonly scopes: readonly string[];
  readonly verifier: string | null;
  /** Comes back in the ID token; null where none is asked for. */
  readonly nonce: string | null;
  /** Whether the tab that asked stays open and waits for the answer to another window. */
  readonly isAwaited: boolean;
  readonly startedAt: number;
}

const prefix = 'postern.try.';
const longestWait = 60 * 60 * 1000;

/** Keeps a trial for the time in which the browser is on the authorization server's pages. It replaces any before it. */
export function keepPending(trial: PendingTrial): void {
  forgetPending();
  sessionStorage.setItem(prefix + trial.state, JSON.stringify(trial));
}

/** The trial that this tab began with this state, for the only time: it is forgotten by being taken. */
export function takePending(state: string): PendingTrial | undefined {
  const text = sessionStorage.getItem(prefix + state);
  if (text === null) return undefined;
  sessionStorage.removeItem(prefix + state);
  const trial = JSON.parse(text) as PendingTrial;
  return Date.now() - trial.startedAt < longestWait ? trial : undefined;
}

/** Forgets whatever waits in this tab. */
export function forgetPending(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(prefix)) sessionStorage.removeItem(key);
}
