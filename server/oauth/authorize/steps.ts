import type { Session } from '../../accounts/sessions.ts';
import { covers } from '../../authorizations/consents.ts';
import { type Instant, MINUTE, SECOND } from '../../base/units.ts';
import { offlineAccess } from '../../model/instance.ts';
import { isRecent } from '../../model/recent-authentication.ts';
import { adminScope } from '../../model/scopes.ts';
import type { Consent } from '../../store/consents.ts';
import { type AuthorizationRequest, RedirectableError } from './request.ts';

/**
 * Why somebody is led to the sign-in page: nobody is signed in, or not the user whom the client expects; the client wants a new sign-in
 * (`prompt`), or one not so long ago (`max_age`); or what is asked for takes a recent password.
 */
export type SignInReason = 'nobody' | 'other_user' | 'prompt' | 'max_age' | 'recent_password';

/** What an authorization request leads to next. */
export type Step =
  | { readonly do: 'sign_in'; readonly because: SignInReason }
  | { readonly do: 'consent' }
  | { readonly do: 'answer' };

/** How long a sign-in that a request led to counts as made for it, from the sign-in to the consent page. */
const signInCounts = 15 * MINUTE;

/**
 * What a request leads to next, for whoever sits at this browser.
 * @param request as `requestFor` made it for the session's user
 * @param consent what its user has allowed before, if anything; `given` when they have just said yes to this very request
 * @param at `asked`: when the request came, by which the client's own conditions are judged; `now`
 */
export function nextStep(
  request: AuthorizationRequest,
  session: Session | null,
  consent: Consent | 'given' | undefined,
  at: { readonly asked: Instant; readonly now: Instant },
): Step {
  const because = session ? whySignInAgain(request, session, at) : 'nobody';
  if (because) return { do: 'sign_in', because };
  if (consent === 'given') return { do: 'answer' };
  if (request.prompt.has('consent') || !covers(consent, request.allows)) return { do: 'consent' };
  return { do: 'answer' };
}

/** Why this session's sign-in will not do for the request; undefined when it will. */
export function whySignInAgain(
  request: AuthorizationRequest,
  session: Session,
  { asked, now }: { readonly asked: Instant; readonly now: Instant },
): SignInReason | undefined {
  if (request.subject !== undefined && request.subject !== session.user.subject) return 'other_user';
  if (!wasMadeFor(request, session, asked)) {
    if (request.prompt.has('login') || request.prompt.has('select_account')) return 'prompt';
    const { toldAt } = session;
    if (request.maxAge !== undefined && (toldAt === null || toldAt + request.maxAge * SECOND < asked))
      return 'max_age';
  }
  if (givesLastingPower(request, session) && !isRecent(session.authenticatedAt, now))
    return 'recent_password';
  return undefined;
}

/**
 * Whether the user signed in on the way to this very request, lately, and no answer has used that up. A password that they gave later,
 * for something else, makes that sign-in no newer.
 */
function wasMadeFor(request: AuthorizationRequest, session: Session, asked: Instant): boolean {
  return (
    session.signedInFor !== null &&
    request.digest.equals(session.signedInFor) &&
    asked < session.createdAt + signInCounts
  );
}

/**
 * Whether the answer uses up the sign-in that was made for the request: a client that asked for a new one gets no second answer by it.
 */
export function usesUpSignIn(request: AuthorizationRequest, session: Session): boolean {
  const asksForSignIn =
    request.prompt.has('login') || request.prompt.has('select_account') || request.maxAge !== undefined;
  return asksForSignIn && session.signedInFor !== null && request.digest.equals(session.signedInFor);
}

/**
 * Whether a session that somebody stole could outlive itself by what it allows here: `admin` opens the REST API, and what an
 * administrator connects for good (`offline_access`) acts for an administrator.
 */
function givesLastingPower({ scopes }: AuthorizationRequest, { user }: Session): boolean {
  return scopes.includes(adminScope) || (user.role === 'administrator' && scopes.includes(offlineAccess));
}

/**
 * What a client is told that wanted no page to be shown (`prompt=none`), where one would have to be (OpenID Connect 3.1.2.6).
 */
export function silentError(request: AuthorizationRequest, step: Step): RedirectableError {
  return step.do === 'sign_in'
    ? new RedirectableError(
        request,
        'login_required',
        'the user is not signed in, or not recently enough for what is asked',
      )
    : new RedirectableError(request, 'consent_required', 'the user has to be asked');
}
