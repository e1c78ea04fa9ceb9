import {
  type AuthenticationClass,
  allowedClaims,
  type ClaimsByPlace,
  type UserClaimName,
  userClaimNames,
  userClaims,
} from '../../model/openid.ts';
import { OAuthError } from '../errors.ts';

/** What the `claims` parameter asks for, as far as there is something here that it can mean. */
export interface RequestedClaims extends ClaimsByPlace {
  /** Whose sign-in alone will do: a `sub` that was asked for with its value. */
  readonly subject: string | undefined;
  /** The authentication classes of which one must be reached; empty for any. */
  readonly essentialClasses: readonly string[];
}

/** How one claim is asked for (OpenID Connect Core 5.5.1). */
interface ClaimRequest {
  readonly essential: boolean;
  readonly values: readonly unknown[];
}

const nothing: RequestedClaims = { idToken: [], userinfo: [], subject: undefined, essentialClasses: [] };

/**
 * Reads the `claims` parameter (OpenID Connect Core 5.5). What nobody here knows is left out, as an OpenID provider must.
 * @param allowed the scopes of the application: it gets no claim one by one that it could not ask for with its scope
 * @throws OAuthError `invalid_request` for what is no such JSON
 */
export function readClaims(text: string | undefined, allowed: readonly string[]): RequestedClaims {
  if (text === undefined) return nothing;
  const places = objectOf(parse(text), 'claims');
  const inIdToken = membersOf(places, 'id_token');
  const inUserinfo = membersOf(places, 'userinfo');
  const known = (members: ReadonlyMap<string, ClaimRequest>): UserClaimName[] =>
    allowedClaims(
      userClaimNames.filter((name) => members.has(name)),
      allowed,
    );
  const acr = inIdToken.get('acr');
  return {
    idToken: known(inIdToken),
    userinfo: known(inUserinfo),
    subject: subjectOf(inIdToken.get('sub'), inUserinfo.get('sub')),
    essentialClasses: acr?.essential ? acr.values.map(textOf) : [],
  };
}

/** The authentication classes that somebody who signs in here can reach: a password is one factor. */
const reachable: readonly AuthenticationClass[] = ['1'];

/** Whether a sign-in here can be as strong as is asked for; empty: any will do. */
export function isReachable(classes: readonly string[]): boolean {
  return classes.length === 0 || reachable.some((each) => classes.includes(each));
}

/** The scopes whose claims are asked for one by one. */
export function scopesOfClaims({ idToken, userinfo }: ClaimsByPlace): string[] {
  return [...new Set([...idToken, ...userinfo].map((name) => userClaims[name].scope))];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new OAuthError('invalid_request', 'claims must be a JSON object');
  }
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new OAuthError('invalid_request', `${what} must be a JSON object`);
  return value as Record<string, unknown>;
}

function membersOf(places: Readonly<Record<string, unknown>>, place: string): Map<string, ClaimRequest> {
  const value = Object.hasOwn(places, place) ? places[place] : null;
  if (value === null) return new Map();
  const members = Object.entries(objectOf(value, `${place} in claims`));
  return new Map(members.map(([name, request]) => [name, claimRequestOf(request)]));
}

function claimRequestOf(request: unknown): ClaimRequest {
  if (request === null) return { essential: false, values: [] };
  const {
    essential = false,
    value,
    values = [],
  } = objectOf(request, 'each claim in claims, unless it is null,');
  if (typeof essential !== 'boolean' || !Array.isArray(values))
    throw new OAuthError(
      'invalid_request',
      'of a claim in claims, essential is a boolean and values is a list',
    );
  return { essential, values: value === undefined ? values : [value] };
}

function subjectOf(...requests: readonly (ClaimRequest | undefined)[]): string | undefined {
  const subjects = new Set(requests.flatMap((request) => request?.values ?? []));
  if (subjects.size > 1)
    throw new OAuthError('invalid_request', 'sub in claims can have one value only: one user signs in');
  const [subject] = subjects;
  if (subject === undefined || typeof subject === 'string') return subject;
  throw new OAuthError('invalid_request', 'the value of sub in claims must be a text');
}

/** Classes are texts; what is none stands for one that nobody can reach. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
