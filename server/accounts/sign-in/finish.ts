import type { Instant } from '../../base/units.ts';
import type { Core } from '../../core.ts';
import { recordAuditEvent } from '../../events/record.ts';
import { writeKnownBrowser } from '../../limits/known-browser.ts';
import type { Authentication } from '../../model/authentication.ts';
import type { IdentityProvider } from '../../model/identity-provider.ts';
import type { User } from '../../model/user.ts';
import type { Transaction } from '../../store/engine/database.ts';
import { startSession } from '../sessions.ts';

/** Where somebody signs in. */
export interface SignInPlace {
  readonly ip: string;
  readonly userAgent: string;
  /** The session cookie that came with the request; that session ends. */
  readonly replaces: string | undefined;
  /** Digest of the authorization request that waits behind the sign-in page. */
  readonly signedInFor?: Buffer | undefined;
  /** The cookie by which a browser is known in which somebody signed in before. */
  readonly knownBrowser: string | undefined;
}

/** Somebody who is signed in from now on, with the new values of both cookies, which are kept nowhere else. */
export interface SignedIn {
  readonly user: User;
  readonly sessionToken: string;
  /** Undefined where the cookie stays as it is. */
  readonly knownBrowser: string | undefined;
}

/**
 * The end of every sign-in, whatever it consisted of: the session, the audit event, and the browser that is known from now on.
 * @param now when the last of the authentications was made
 */
export async function finishSignIn(
  tx: Transaction,
  core: Core,
  now: Instant,
  signIn: {
    user: User;
    /** Of the password that they gave, for which the browser is known from now on; null where they gave none. */
    passwordHash: string | null;
    authentications: readonly Authentication[];
    place: SignInPlace;
    /** The identity provider by which they came, for the audit log. */
    provider?: Pick<IdentityProvider, 'id' | 'name'>;
  },
): Promise<SignedIn> {
  const { passwordHash, authentications, place, provider } = signIn;
  const user: User = { ...signIn.user, lastActiveAt: now };
  const sessionToken = await startSession(tx, now, { user, authentications, ...place });
  await recordAuditEvent(tx, now, {
    instanceId: user.instanceId,
    type: 'login.succeeded',
    actor: { type: 'user', id: user.id },
    userId: user.id,
    ip: place.ip,
    ...(provider && { detail: { provider: provider.name, provider_id: provider.id } }),
  });
  const owner = passwordHash !== null && { instanceId: user.instanceId, userId: user.id, passwordHash };
  const knownBrowser = owner ? writeKnownBrowser(core.secret, owner, place.knownBrowser) : undefined;
  return { user, sessionToken, knownBrowser };
}
