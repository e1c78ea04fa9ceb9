import type { Session } from '../../accounts/sessions.ts';
import { perform } from '../../authorizations/act.ts';
import { isRememberable } from '../../authorizations/consents.ts';
import { Refusal } from '../../base/refusal.ts';
import { SECOND } from '../../base/units.ts';
import type { Act } from '../../model/act.ts';
import type { Instance } from '../../model/instance.ts';
import { adminScope } from '../../model/scopes.ts';
import { insertAuthorizationCode } from '../../store/authorization-codes.ts';
import { rememberConsent } from '../../store/consents.ts';
import type { Sql } from '../../store/engine/database.ts';
import { spendSignIn } from '../../store/sessions.ts';
import type { OAuthErrorCode } from '../errors.ts';
import type { Needs } from '../needs.ts';
import { newAuthorizationCode } from '../tokens/code.ts';
import { withParameters } from './redirect.ts';
import type { AuthorizationRequest, RedirectTarget } from './request.ts';
import { usesUpSignIn } from './steps.ts';

/**
 * Issues a code for what the user allowed, now or earlier, and uses up the sign-in that was made for it.
 * @param act of that session's user
 * @param session must be the user's still when the code is written, under this cookie; for `admin` the user must be an administrator then
 * @param yes `remembered`: the code is good as long as it is; `given`: a new one, to be remembered where that is safe
 * @returns the code (RFC 6749 4.1.2), or undefined when the session or that sign-in counts no more: then nothing is done
 */
export async function issueAuthorizationCode(
  needs: Needs,
  act: Act,
  request: AuthorizationRequest,
  session: Session,
  yes: 'remembered' | 'given',
): Promise<string | undefined> {
  const { instance } = act;
  const { application } = request.client;
  const now = needs.clock();
  const code = newAuthorizationCode(now);
  const what = {
    instanceId: instance.id,
    applicationId: application.id,
    userId: session.user.id,
    scopes: request.scopes,
  };
  const isNew = yes === 'given';
  const issue = (write: Sql) =>
    insertAuthorizationCode(write, code, session.tokenHash, {
      ...what,
      redirectUri: request.redirectUriGiven,
      codeChallenge: request.codeChallenge,
      byConsent: !isNew,
      expiresAt: now + instance.authorizationCodeLifetime * SECOND,
    });
  const remembers = isNew && isRememberable({ application, redirectUri: request.redirectUri });
  const spends = usesUpSignIn(request, session);
  // The statement sees who may at its beginning. What must not outlive a role that is being taken away, or stays for
  // good, takes the locks of an act too: an end that is under way has looked already at what there is to end.
  if (!remembers && !spends && !request.scopes.includes(adminScope))
    return (await issue(needs.db.write)) ? code : undefined;
  try {
    await perform(needs, act, { authority: { self: session.user.id } }, async ({ tx }) => {
      if (remembers) await rememberConsent(tx, { ...what, createdAt: now });
      if (!(await issue(tx.sql))) throw new NothingIssued();
      if (spends && !(await spendSignIn(tx.sql, instance.id, session.id, request.digest)))
        throw new NothingIssued();
    });
    return code;
  } catch (error) {
    if (error instanceof NothingIssued) return undefined;
    if (error instanceof Refusal && error.code === 'not_signed_in') return undefined;
    throw error;
  }
}

/** Undoes the transaction. */
class NothingIssued extends Error {}

/** Uses up the sign-in that was made for a request which is answered by a no. */
export async function endSignInFor(
  needs: Needs,
  instance: Instance,
  request: AuthorizationRequest,
  session: Session,
): Promise<void> {
  if (usesUpSignIn(request, session))
    await spendSignIn(needs.db.write, instance.id, session.id, request.digest);
}

/** The redirect that answers with an error (RFC 6749 4.1.2.1, RFC 9207). */
export function errorRedirect(
  instance: Instance,
  target: Pick<RedirectTarget, 'redirectUri' | 'state'>,
  code: OAuthErrorCode,
  description: string,
): string {
  return withParameters(target.redirectUri, {
    error: code,
    error_description: description,
    state: target.state,
    iss: instance.url,
  });
}

/** The redirect that answers with a code (RFC 6749 4.1.2, RFC 9207). */
export function codeRedirect(
  instance: Instance,
  request: Pick<AuthorizationRequest, 'redirectUri' | 'state' | 'profile'>,
  code: string,
): string {
  const { domain, lane } = instance;
  return withParameters(request.redirectUri, {
    code,
    state: request.state,
    iss: instance.url,
    ...(request.profile === 'workfront' && { domain, lane }),
  });
}
