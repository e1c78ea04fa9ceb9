import type { Session } from '../../accounts/sessions.ts';
import { perform } from '../../authorizations/act.ts';
import { isRememberable } from '../../authorizations/consents.ts';
import { Refusal } from '../../base/refusal.ts';
import { SECOND } from '../../base/units.ts';
import type { Act } from '../../model/act.ts';
import type { Instance } from '../../model/instance.ts';
import { authenticationClassOf, methodsOf, type OpenidGrant } from '../../model/openid.ts';
import { adminScope } from '../../model/scopes.ts';
import { insertAuthorizationCode } from '../../store/authorization-codes.ts';
import { rememberConsent } from '../../store/consents.ts';
import type { Sql } from '../../store/engine/database.ts';
import { spendSignIn } from '../../store/sessions.ts';
import type { OAuthErrorCode } from '../errors.ts';
import type { Needs } from '../needs.ts';
import { newAuthorizationCode } from '../tokens/code.ts';
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
      openid: openidGrantOf(request, session),
      resources: request.resources,
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
      if (remembers) await rememberConsent(tx, { ...what, scopes: request.allows, createdAt: now });
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

/** What the ID tokens will tell: the sign-in as it is now. */
function openidGrantOf({ openid }: AuthorizationRequest, session: Session): OpenidGrant | null {
  if (!openid) return null;
  const { idToken, userinfo } = openid.claims;
  return {
    nonce: openid.nonce,
    sessionId: session.id,
    authenticatedAt: session.toldAt,
    methods: methodsOf(session.authentications),
    authenticationClass: authenticationClassOf(session.authentications),
    idToken,
    userinfo,
  };
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

/** What the client is told, and how: a redirect, or a form that the browser posts. */
export interface Answer extends Pick<RedirectTarget, 'redirectUri' | 'responseMode'> {
  /** The absent ones are undefined. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
}

/** The answer with an error (RFC 6749 4.1.2.1, RFC 9207). */
export function errorAnswer(
  instance: Instance,
  { redirectUri, responseMode, state }: Pick<RedirectTarget, 'redirectUri' | 'responseMode' | 'state'>,
  code: OAuthErrorCode,
  description: string,
): Answer {
  return {
    redirectUri,
    responseMode,
    parameters: { error: code, error_description: description, state, iss: instance.url },
  };
}

/** The answer with a code (RFC 6749 4.1.2, RFC 9207). */
export function codeAnswer(
  instance: Instance,
  {
    redirectUri,
    responseMode,
    state,
    profile,
  }: Pick<AuthorizationRequest, 'redirectUri' | 'responseMode' | 'state' | 'profile'>,
  code: string,
): Answer {
  const { domain, lane } = instance;
  return {
    redirectUri,
    responseMode,
    parameters: { code, state, iss: instance.url, ...(profile === 'workfront' && { domain, lane }) },
  };
}
