import type { Session } from '../../accounts/sessions.ts';
import { isRememberable } from '../../authorizations/consents.ts';
import { SECOND } from '../../base/units.ts';
import type { Instance } from '../../model/instance.ts';
import { insertAuthorizationCode } from '../../store/authorization-codes.ts';
import { rememberConsent } from '../../store/consents.ts';
import type { Sql } from '../../store/engine/database.ts';
import type { OAuthErrorCode } from '../errors.ts';
import type { Needs } from '../needs.ts';
import { newAuthorizationCode } from '../tokens/code.ts';
import type { ConsentRequest } from './consent-form.ts';
import { withParameters } from './redirect.ts';
import type { AuthorizationRequest, RedirectTarget } from './request.ts';

/**
 * Issues a code for what the user allowed, now or earlier.
 * @param remember whether this is a new yes, to be remembered where that is safe
 * @returns the code (RFC 6749 4.1.2)
 */
export async function issueAuthorizationCode(
  needs: Needs,
  instance: Instance,
  request: ConsentRequest,
  session: Session,
  remember: boolean,
): Promise<string> {
  const { application } = request.client;
  const now = needs.clock();
  const code = newAuthorizationCode(now);
  const what = {
    instanceId: instance.id,
    applicationId: application.id,
    userId: session.user.id,
    scopes: request.scopes,
  };
  const issue = (write: Sql) =>
    insertAuthorizationCode(write, code, {
      ...what,
      redirectUri: request.redirectUriGiven,
      codeChallenge: request.codeChallenge,
      expiresAt: now + instance.authorizationCodeLifetime * SECOND,
    });
  if (remember && isRememberable({ application, redirectUri: request.redirectUri }))
    await needs.db.transaction(async (tx) => {
      await rememberConsent(tx, { ...what, createdAt: now });
      await issue(tx.sql);
    });
  else await issue(needs.db.write);
  return code;
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
