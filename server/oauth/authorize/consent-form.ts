import type { Session } from '../../accounts/sessions.ts';
import { fromBase64url } from '../../base/base64url.ts';
import type { Id } from '../../base/ids.ts';
import { HOUR, type Instant } from '../../base/units.ts';
import type { Instance } from '../../model/instance.ts';
import type { Needs } from '../needs.ts';
import type { Profile } from '../profile.ts';
import type { Parameters } from './parameters.ts';
import {
  type AuthorizationRequest,
  RedirectableError,
  requestFor,
  requestOf,
  UnredirectableError,
} from './request.ts';

/** How long a consent page may stay open before its answer counts no more. */
const pageLifetime = HOUR;

/** What the consent page asked, as its form carries it: the request as it came, whom it asked and when. */
export interface Question {
  readonly session: Id;
  readonly profile: Profile;
  readonly parameters: Parameters;
  readonly asked: Instant;
  /** What the page showed of what follows from the request; it may follow no more. */
  readonly shown: { readonly redirectUri: string; readonly scopes: readonly string[] };
}

type Sealed = Omit<Question, 'parameters'> &
  Pick<Parameters, 'values'> & {
    /** Missing in what a process of an earlier version sealed. */
    readonly resources?: Parameters['resources'];
    readonly pushed?: Parameters['pushed'];
  };

/** Seals what is asked into the form of the consent page, for this session: base64url. */
export function sealQuestion(
  needs: Needs,
  instance: Instance,
  { profile, parameters, redirectUri, allows }: AuthorizationRequest,
  session: Session,
): string {
  const sealed: Sealed = {
    session: session.id,
    profile,
    values: parameters.values,
    resources: parameters.resources,
    pushed: parameters.pushed,
    asked: needs.clock(),
    shown: { redirectUri, scopes: allows },
  };
  return needs.secret
    .seal('consent-form', JSON.stringify(sealed), sealingContext(instance))
    .toString('base64url');
}

/** @returns undefined when no page of ours asked that */
export function openQuestion(needs: Needs, instance: Instance, text: string): Question | undefined {
  const bytes = fromBase64url(text);
  const opened = bytes && needs.secret.open('consent-form', bytes, sealingContext(instance));
  if (!opened) return undefined;
  const {
    values,
    resources = [],
    pushed = null,
    ...question
  } = JSON.parse(opened.plain.toString()) as Sealed;
  // A request with a repeated parameter comes to no consent page.
  return { ...question, parameters: { values, resources, pushed, repeated: new Set() } };
}

/**
 * The request that is answered, checked anew by all the rules: application, instance and user may have changed while the page was open.
 * @returns undefined when the question has gone out of date: it asked another session, an hour ago, or something else than the same
 *   request asks now
 */
export async function requestAnswered(
  needs: Needs,
  instance: Instance,
  { session: asked, profile, parameters, shown, ...question }: Question,
  session: Session | null,
): Promise<AuthorizationRequest | undefined> {
  if (session?.id !== asked || needs.clock() >= question.asked + pageLifetime) return undefined;
  try {
    const request = requestFor(await requestOf(needs, instance, profile, parameters), session.user);
    const isSame =
      request.redirectUri === shown.redirectUri && request.allows.join(' ') === shown.scopes.join(' ');
    return isSame ? request : undefined;
  } catch (error) {
    if (error instanceof RedirectableError || error instanceof UnredirectableError) return undefined;
    throw error;
  }
}

function sealingContext(instance: Instance): string {
  return `consent ${instance.id}`;
}
