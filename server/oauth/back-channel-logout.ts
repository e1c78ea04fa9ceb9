import type { EndedSession } from '../accounts/session-ends.ts';
import { FetchRefused } from '../base/fetch-safely.ts';
import { randomId } from '../base/ids.ts';
import { MINUTE, SECOND, toUnixSeconds } from '../base/units.ts';
import type { Delivery } from '../events/outbox.ts';
import { signJwt } from '../keys/jwt.ts';
import { findInstance } from '../store/instances.ts';
import type { OutboxEntry } from '../store/outbox.ts';
import type { Needs } from './needs.ts';

/** The event of a logout token (OpenID Connect Back-Channel Logout 1.0, 2.4). */
const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';
const logoutTokenLifetime = 2 * MINUTE;

/**
 * Tells an application that a session has ended in which it got an ID token: a new logout token is posted to its
 * `backchannel_logout_uri` (OpenID Connect Back-Channel Logout 1.0, 2.5). It has both `sub` and `sid`, whatever the application asked for, unless
 * the user was deleted meanwhile: then it has what it must have, one of them.
 * @param entry of the kind `logout`: its payload is an `EndedSession`
 */
export async function deliverLogout(needs: Needs, entry: OutboxEntry): Promise<Delivery> {
  const { instanceId, applicationId } = entry;
  const { sub, sid } = entry.payload as EndedSession;
  const [instance, client] = await Promise.all([
    findInstance(needs.db, instanceId),
    needs.clients.findById(instanceId, applicationId),
  ]);
  const application = client?.application;
  if (!instance || !application?.enabled || application.backchannelLogoutUri === null)
    return { outcome: 'moot' };

  const key = await needs.signingKeys.active(instanceId, application.idTokenSignedResponseAlg);
  const issuedAt = toUnixSeconds(needs.clock());
  const logoutToken = signJwt(key, 'logout+jwt', {
    iss: instance.url,
    ...(sub !== null && { sub }),
    aud: application.clientId,
    iat: issuedAt,
    exp: issuedAt + logoutTokenLifetime / SECOND,
    jti: randomId(),
    events: { [logoutEvent]: {} },
    sid,
  });
  try {
    const { status } = await needs.fetchSafely(instance, application.backchannelLogoutUri, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ logout_token: logoutToken }).toString(),
    });
    if (status >= 200 && status < 300) return { outcome: 'delivered' };
    // 400 says that this logout token was not taken (2.8), and nothing of the next one.
    return { outcome: status === 400 ? 'refused' : 'failed', reason: `it answered ${status}` };
  } catch (error) {
    if (error instanceof FetchRefused) return { outcome: 'failed', reason: error.message };
    throw error;
  }
}
