import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from './client.ts';
import type { Application, NewClientSecret, PublicKey } from './types.ts';

/** A public key to register; without a name it is called after its kind. */
export interface NewPublicKey {
  /** PEM public key, PEM X.509 certificate or JSON Web Key. */
  readonly public_key: string;
  readonly name?: string;
  /** For whom it may ask for tokens; null: for nobody, it only authenticates the application. */
  readonly acts_as_user_id: string | null;
}

/**
 * Adds a client secret. The answer holds it: `reset()` with the dialog that shows it, and it is nowhere any more.
 */
export function useAddSecret(applicationId: string) {
  const { change, askAgain } = useCachedApplication(applicationId);
  return useMutation({
    gcTime: 0,
    mutationFn: () => call<NewClientSecret>(`/applications/${applicationId}/secrets`, { method: 'POST' }),
    onSuccess: ({ client_secret: _secret, ...added }) =>
      change(({ secrets = [] }) => ({ secrets: [...secrets, { ...added, last_used_at: null }] })),
    onSettled: askAgain,
  });
}

/** Deletes the client secret with that ID. */
export function useDeleteSecret(applicationId: string) {
  const { change, askAgain } = useCachedApplication(applicationId);
  return useMutation({
    mutationFn: (id: string) =>
      call<void>(`/applications/${applicationId}/secrets/${id}`, { method: 'DELETE' }),
    onSuccess: (_, deleted) =>
      change(({ secrets = [] }) => ({ secrets: secrets.filter(({ id }) => id !== deleted) })),
    onSettled: askAgain,
  });
}

/** Registers a public key. */
export function useAddPublicKey(applicationId: string) {
  const { change, askAgain } = useCachedApplication(applicationId);
  return useMutation({
    gcTime: 0,
    mutationFn: (body: NewPublicKey) =>
      call<PublicKey>(`/applications/${applicationId}/public-keys`, { method: 'POST', body }),
    onSuccess: (added) => change(({ public_keys: keys = [] }) => ({ public_keys: [...keys, added] })),
    onSettled: askAgain,
  });
}

/** Deletes the public key with that ID. */
export function useDeletePublicKey(applicationId: string) {
  const { change, askAgain } = useCachedApplication(applicationId);
  return useMutation({
    mutationFn: (id: string) =>
      call<void>(`/applications/${applicationId}/public-keys/${id}`, { method: 'DELETE' }),
    onSuccess: (_, deleted) =>
      change(({ public_keys: keys = [] }) => ({ public_keys: keys.filter(({ id }) => id !== deleted) })),
    onSettled: askAgain,
  });
}

/** The application as it is known here: shown as changed at once, and asked for again after success and failure. */
function useCachedApplication(id: string) {
  const queries = useQueryClient();
  const queryKey = ['applications', id];
  return {
    change: (changes: (application: Application) => Partial<Application>) =>
      queries.setQueryData<Application>(queryKey, (known) => known && { ...known, ...changes(known) }),
    askAgain: () => void queries.invalidateQueries({ queryKey, exact: true }),
  };
}
