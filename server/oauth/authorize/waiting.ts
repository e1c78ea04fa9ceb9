import type { Session } from '../../accounts/sessions.ts';
import type { Client } from '../../model/application.ts';
import type { Instance } from '../../model/instance.ts';
import type { Needs } from '../needs.ts';
import type { Profile } from '../profile.ts';
import type { Parameters } from './parameters.ts';
import { RedirectableError, requestFor, requestOf, UnredirectableError } from './request.ts';
import { type SignInReason, whySignInAgain } from './steps.ts';

/** What the sign-in page may tell of the authorization request that waits behind it. */
export interface Waiting {
  readonly client: Client;
  /** Why the one who is signed in has to sign in again; undefined when nobody is, or they can go on as they are. */
  readonly because: SignInReason | undefined;
}

/**
 * Looks at the request that somebody would go on with after signing in.
 * @returns undefined when it would lead to no client: nobody's name comes on the sign-in page by a link that anybody can write
 */
export async function findWaiting(
  needs: Needs,
  instance: Instance,
  profile: Profile,
  parameters: Parameters,
  session: Session | null,
): Promise<Waiting | undefined> {
  const now = needs.clock();
  try {
    const request = await requestOf(needs, instance, profile, parameters);
    const { client } = request;
    if (!session) return { client, because: undefined };
    return {
      client,
      because: whySignInAgain(requestFor(request, session.user), session, { asked: now, now }),
    };
  } catch (error) {
    // Whoever goes on is sent to the client, which learns what is wrong.
    if (error instanceof RedirectableError) return { client: error.target.client, because: undefined };
    if (error instanceof UnredirectableError) return undefined;
    throw error;
  }
}
