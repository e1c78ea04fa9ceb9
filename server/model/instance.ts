import type { Id } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';

/** A tenant: one issuer under one host name, with users and applications of its own. */
export interface Instance {
  readonly id: Id;
  /** What the operator's command line calls it; unique. */
  readonly handle: string;
  /** What people read on every page. An administrator chooses it, and it may be the same as another instance's. */
  readonly name: string;
  /** Public base URL and issuer identifier, byte for byte. */
  readonly url: string;
  /** `host[:port]` of the URL, lower case: how a request finds its instance. */
  readonly host: string;
  /** First label of the host name unless an administrator said otherwise (Workfront profile). */
  readonly domain: string;
  /** Second label of the host name unless an administrator said otherwise (Workfront profile). */
  readonly lane: string;
  readonly customerId: string;
  readonly maxApplications: number;
  /** Seconds in which the refresh token spent last still gives its successor. */
  readonly refreshTokenGrace: number;
  /** Seconds that an authorization code lives. */
  readonly authorizationCodeLifetime: number;
  readonly scopes: readonly Scope[];
  readonly createdAt: Instant;
}

export interface Scope {
  readonly name: string;
  readonly description: string;
  /** Granted when a request names no scope. */
  readonly default: boolean;
}

/** The scope that asks for a refresh token; every instance has it, none lists it. */
export const offlineAccess = 'offline_access';

/** The scopes of a new instance. */
export const initialScopes: readonly Scope[] = [
  { name: 'api', description: 'Use the API as you', default: true },
  { name: 'admin', description: 'Manage applications and users', default: false },
];

/** The name of a first instance until an administrator chooses one. */
export const initialName = 'Postern';

/** Domain and lane that the host name suggests; a host without labels of its own gives the instance's handle. */
export function labelsOf(url: string, handle: string): { domain: string; lane: string } {
  const { hostname } = new URL(url);
  const isAddress = hostname.startsWith('[') || /^[\d.]+$/.test(hostname);
  const labels = isAddress ? [] : hostname.split('.');
  return { domain: labels[0] || handle, lane: labels[1] || 'default' };
}
