import type { Id } from '../base/ids.ts';
import type { Core } from '../core.ts';
import type { Act } from '../model/act.ts';
import type { Application } from '../model/application.ts';
import { isClaimable } from '../model/redirect-uri.ts';
import { type Consent, deleteConsent, findConsent } from '../store/consents.ts';
import { perform } from './act.ts';

/** What a consent is about: which application, and where its users land. */
export interface ConsentSubject {
  readonly application: Application;
  readonly redirectUri: string;
}

/**
 * What the user has allowed this application before.
 * @returns undefined when nothing, and for a redirect that any program on a device could claim, where no yes stands for another
 */
export async function findRememberedConsent(
  core: Pick<Core, 'db'>,
  subject: ConsentSubject,
  userId: Id,
): Promise<Consent | undefined> {
  const { application } = subject;
  if (!isRememberable(subject)) return undefined;
  return findConsent(core.db, application.instanceId, userId, application.id);
}

/** Whether the user has allowed all of this before. */
export function covers(consent: Consent | undefined, scopes: readonly string[]): boolean {
  return consent !== undefined && scopes.every((scope) => consent.scopes.includes(scope));
}

/** Whether a yes to this may stand for the next time. */
export function isRememberable({ application, redirectUri }: ConsentSubject): boolean {
  return !(application.type === 'spa' && isClaimable(redirectUri));
}

/** Forgets what a user has allowed an application, so that it must ask them again. @throws Refusal of an act (`perform`) */
export async function forgetConsent(core: Core, act: Act, userId: Id, applicationId: Id): Promise<void> {
  await perform(core, act, { authority: { self: userId } }, ({ tx }) =>
    deleteConsent(tx, act.instanceId, userId, applicationId),
  );
}
