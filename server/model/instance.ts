import type { Id } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';
import type { Api } from './api.ts';
import type { ValuesOf } from './fields.ts';
import type { instanceFields } from './instance-fields.ts';
import type { Locale } from './user.ts';

/** A tenant: one issuer under one host name, with users and applications of its own. */
export interface Instance extends ValuesOf<typeof instanceFields> {
  readonly id: Id;
  /** `host[:port]` of the URL, lower case: how a request finds its instance. */
  readonly host: string;
  /** What access tokens are for; the default one first, whose scopes are those of the instance. */
  readonly apis: readonly [Api, ...Api[]];
  readonly createdAt: Instant;
}

export interface Scope {
  readonly name: string;
  readonly description: string;
  /** Granted when a request names no scope. */
  readonly default: boolean;
  /** The description in other languages. */
  readonly descriptions?: Readonly<Partial<Record<Locale, string>>>;
  /** The claims of the user that tokens with this scope carry. */
  readonly claims?: readonly string[];
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
