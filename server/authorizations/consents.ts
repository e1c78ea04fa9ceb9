import type { Id } from '../base/ids.ts';
import type { Core } from '../core.ts';
import type { Application } from '../model/application.ts';
import { isClaimable } from '../model/redirect-uri.ts';
import { findConsent } from '../store/consents.ts';

/** What a consent is about: which application may do what, and where its users land. */
export interface ConsentSubject {
  readonly application: Application;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
}

/** Whether the user has allowed all of this before. Never for a redirect that any program on a device could claim. */
export async function isConsentRemembered(
  core: Pick<Core, 'db'>,
  subject: ConsentSubject,
  userId: Id,
): Promise<boolean> {
  const { application, scopes } = subject;
  if (!isRememberable(subject)) return false;
  const remembered = await findConsent(core.db, application.instanceId, userId, application.id);
  return remembered !== undefined && scopes.every((scope) => remembered.scopes.includes(scope));
}

/** Whether a yes to this may stand for the next time. */
export function isRememberable({
  application,
  redirectUri,
}: Pick<ConsentSubject, 'application' | 'redirectUri'>): boolean {
  return !(application.type === 'spa' && isClaimable(redirectUri));
}
