import { isRecent } from '../accounts/recent-authentication.ts';
import type { Session } from '../accounts/sessions.ts';
import type { Id } from '../ids.ts';
import type { Client } from '../registry/application.ts';
import type { Instance } from '../registry/instance.ts';
import { isClaimable } from '../registry/redirect-uri.ts';
import { adminScope } from '../registry/scopes.ts';
import type { Services } from '../services.ts';
import { insertAuthorizationCode, newAuthorizationCode } from '../store/authorization-codes.ts';
import { findConsent, rememberConsent } from '../store/consents.ts';
import type { Sql } from '../store/database.ts';
import { HOUR, type Instant, MINUTE, SECOND } from '../units.ts';
import type { AuthorizationRequest } from './authorize.ts';
import type { Profile } from './profile.ts';
import { isRegistered } from './redirect-uri.ts';
import { stillAllowed } from './scope.ts';

/** What a user is asked on the consent page, and therefore all that an answer can allow. */
export interface ConsentRequest {
  readonly client: Client;
  readonly profile: Profile;
  readonly redirectUri: string;
  readonly redirectUriGiven: string | null;
  readonly state: string | undefined;
  readonly scopes: readonly string[];
  readonly codeChallenge: string | null;
}

/** How long a consent page may stay open before its answer counts no more. */
const pageLifetime = HOUR;

interface Sealed {
  session: Id;
  client_id: Id;
  profile: Profile;
  redirect_uri: string;
  redirect_uri_given: boolean;
  state?: string;
  scopes: string[];
  code_challenge: string | null;
  until: Instant;
}

/** Whether the user has allowed all of this before. Never for a redirect that any program on a device could claim. */
export async function isConsentRemembered(
  services: Services,
  request: ConsentRequest,
  session: Session,
): Promise<boolean> {
  const { application } = request.client;
  if (!isRememberable(request)) return false;
  const remembered = await findConsent(services.db, application.instanceId, session.user.id, application.id);
  return remembered !== undefined && request.scopes.every((scope) => remembered.scopes.includes(scope));
}

function isRememberable(request: ConsentRequest): boolean {
  return !(request.client.application.type === 'spa' && isClaimable(request.redirectUri));
}

/**
 * Whether this sign-in is recent enough to allow all that is asked. The scope `admin` opens the REST API, so an old session that allowed
 * it, now or by an approval that is remembered, would hand out the power that it is refused itself.
 */
export function mayAllow(
  services: Services,
  request: Pick<ConsentRequest, 'scopes'>,
  session: Session,
): boolean {
  return !request.scopes.includes(adminScope) || isRecent(session.authenticatedAt, services.clock());
}

/**
 * Seals a request for the consent form, bound to this browser session: what is approved is what was shown,
 * whatever other tabs or edited forms say.
 */
export function sealConsentRequest(
  services: Services,
  instance: Instance,
  request: AuthorizationRequest,
  session: Session,
): string {
  const sealed: Sealed = {
    session: session.id,
    client_id: request.client.application.clientId,
    profile: request.profile,
    redirect_uri: request.redirectUri,
    redirect_uri_given: request.redirectUriGiven !== null,
    ...(request.state !== undefined && { state: request.state }),
    scopes: [...request.scopes],
    code_challenge: request.codeChallenge,
    until: services.clock() + pageLifetime,
  };
  return services.secret.seal('form', JSON.stringify(sealed), sealingContext(instance)).toString('base64url');
}

/**
 * The request that was shown to this session, as far as the registry still allows it.
 * @returns undefined when it is not one of ours, is another session's, too old, or its application has changed; or when the session may
 *   not allow it any more
 */
export async function openConsentRequest(
  services: Services,
  instance: Instance,
  text: string,
  session: Session,
): Promise<ConsentRequest | undefined> {
  const opened = services.secret.open('form', Buffer.from(text, 'base64url'), sealingContext(instance));
  if (!opened) return undefined;
  const sealed = JSON.parse(opened.plain.toString()) as Sealed;
  if (sealed.session !== session.id || sealed.until <= services.clock()) return undefined;
  const client = await services.clients.find(instance.id, sealed.client_id);
  if (!client?.application.enabled || !isRegistered(client.application.redirectUris, sealed.redirect_uri))
    return undefined;
  const scopes = stillAllowed(sealed.scopes, client.application.scopes);
  if (scopes.length !== sealed.scopes.length || !mayAllow(services, { scopes }, session)) return undefined;
  return {
    client,
    profile: sealed.profile,
    redirectUri: sealed.redirect_uri,
    redirectUriGiven: sealed.redirect_uri_given ? sealed.redirect_uri : null,
    state: sealed.state,
    scopes,
    codeChallenge: sealed.code_challenge,
  };
}

function sealingContext(instance: Instance): string {
  return `consent ${instance.id}`;
}

/**
 * Issues a code for what the user allowed, now or earlier.
 * @param remember whether this is a new yes, to be remembered where that is safe
 * @returns the code (RFC 6749 4.1.2)
 */
export async function issueAuthorizationCode(
  services: Services,
  instance: Instance,
  request: ConsentRequest,
  session: Session,
  remember: boolean,
): Promise<string> {
  const { application } = request.client;
  const now = services.clock();
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
  if (remember && isRememberable(request))
    await services.db.transaction(async (tx) => {
      await rememberConsent(tx, { ...what, createdAt: now });
      await issue(tx.sql);
    });
  else await issue(services.db.write);
  return code;
}

/** How long a trip to the sign-in page may take. A mark that is found later, in a history or a log, is worth nothing. */
const longestTrip = 15 * MINUTE;

/**
 * Marks a trip to the sign-in page, so that a request for a fresh sign-in knows one that came after it.
 * @param clientId the client whose request it is; a mark is good for no other
 */
export function sealLoginMark(services: Services, instance: Instance, clientId: string): string {
  return services.secret
    .seal('form', String(services.clock()), loginMarkContext(instance, clientId))
    .toString('base64url');
}

/** Whether the user signed in after the trip that this mark began, a quarter of an hour ago at most. */
export function signedInSince(
  services: Services,
  instance: Instance,
  clientId: string,
  mark: string | undefined,
  session: Session,
): boolean {
  if (mark === undefined) return false;
  const context = loginMarkContext(instance, clientId);
  const opened = services.secret.open('form', Buffer.from(mark, 'base64url'), context);
  if (opened === undefined) return false;
  const began = Number(opened.plain.toString());
  return session.authenticatedAt >= began && services.clock() < began + longestTrip;
}

function loginMarkContext(instance: Instance, clientId: string): string {
  return `login mark ${instance.id} ${clientId}`;
}
