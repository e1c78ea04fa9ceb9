import { Problem } from '../api/problem.ts';

/** Ends the session and leaves for the sign-in page. @throws Problem when the session still stands */
export async function signOut(): Promise<void> {
  const response = await fetch('/logout', { method: 'POST', body: new URLSearchParams() }).catch(() => null);
  if (!response?.ok)
    throw new Problem({ status: response?.status ?? 0, code: 'unreachable', detail: 'The sign-out failed.' });
  location.assign('/login');
}
