import type { Session } from '../../accounts/sessions.ts';
import { isRecent } from '../../accounts/sign-in/recent-authentication.ts';
import type { Id } from '../../base/ids.ts';
import { HOUR, type Instant } from '../../base/units.ts';
import type { Client } from '../../model/application.ts';
import type { Instance } from '../../model/instance.ts';
import { adminScope } from '../../model/scopes.ts';
import type { Needs } from '../needs.ts';
import type { Profile } from '../profile.ts';
import { stillAllowed } from '../scope.ts';
import { isRegistered } from './redirect.ts';
import type { AuthorizationRequest } from './request.ts';

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

/**
 * Whether this sign-in is recent enough to allow all that is asked. The scope `admin` opens the REST API, so an old session that allowed
 * it, now or by an approval that is remembered, would hand out the power that it is refused itself.
 */
export function mayAllow(needs: Needs, request: Pick<ConsentRequest, 'scopes'>, session: Session): boolean {
  return !request.scopes.includes(adminScope) || isRecent(session.authenticatedAt, needs.clock());
}

/**
 * Seals a request for the consent form, bound to this browser session: what is approved is what was shown,
 * whatever other tabs or edited forms say.
 */
export function sealConsentRequest(
  needs: Needs,
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
    until: needs.clock() + pageLifetime,
  };
  return needs.secret.seal('form', JSON.stringify(sealed), sealingContext(instance)).toString('base64url');
}

/**
 * The request that was shown to this session, as far as the registry still allows it.
 * @returns undefined when it is not one of ours, is another session's, too old, or its application has changed; or when the session may
 *   not allow it any more
 */
export async function openConsentRequest(
  needs: Needs,
  instance: Instance,
  text: string,
  session: Session,
): Promise<ConsentRequest | undefined> {
  const opened = needs.secret.open('form', Buffer.from(text, 'base64url'), sealingContext(instance));
  if (!opened) return undefined;
  const sealed = JSON.parse(opened.plain.toString()) as Sealed;
  if (sealed.session !== session.id || sealed.until <= needs.clock()) return undefined;
  const client = await needs.clients.find(instance.id, sealed.client_id);
  if (!client?.application.enabled || !isRegistered(client.application.redirectUris, sealed.redirect_uri))
    return undefined;
  const scopes = stillAllowed(sealed.scopes, client.application.scopes);
  if (scopes.length !== sealed.scopes.length || !mayAllow(needs, { scopes }, session)) return undefined;
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
