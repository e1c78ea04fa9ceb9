import type { Id } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';
import type { Instance, Scope } from './instance.ts';
import { builtInScopes } from './scopes.ts';
import type { SigningAlgorithm } from './signing-algorithm.ts';

/** What the header of an access token says that it is: as RFC 9068 has it, or as resource servers know it that take nothing else. */
export const tokenTypes = ['at+jwt', 'JWT'] as const;
export type TokenTyp = (typeof tokenTypes)[number];

/** How access tokens for an API are made. */
export interface ApiTokens {
  /** Seconds; null: as long as the application has it. The shorter of the two counts. */
  readonly accessTokenLifetime: number | null;
  readonly signingAlg: SigningAlgorithm;
  readonly tokenTyp: TokenTyp;
}

/** What access tokens are for: a *resource* of RFC 8707. The default one is the instance itself, and its REST API a part of it. */
export interface Api extends ApiTokens {
  readonly id: Id;
  readonly instanceId: Id;
  /** An absolute URI without fragment, byte for byte: `aud` of its tokens. */
  readonly identifier: string;
  readonly name: string;
  readonly isDefault: boolean;
  /** Their names are unique in the instance. */
  readonly scopes: readonly Scope[];
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** At most so many of an instance, the default one among them, of so many scopes each. */
export const maxApis = 50;
export const maxScopesOfApi = 100;

/** How tokens of an API are made when nobody says otherwise. */
export const initialTokens: ApiTokens = {
  accessTokenLifetime: null,
  signingAlg: 'ES256',
  tokenTyp: 'at+jwt',
};

/** The scopes of all APIs of an instance, the default one's first; without those that are built in. */
export function scopesOf({ apis, scopes }: Pick<Instance, 'apis' | 'scopes'>): readonly Scope[] {
  return apis.length === 1 ? scopes : apis.flatMap((api) => api.scopes);
}

/** The API that a scope belongs to; undefined for one that is built in, and for one that is there no more. */
export function apiOfScope({ apis }: Pick<Instance, 'apis'>, scope: string): Api | undefined {
  return builtInScopes.includes(scope)
    ? undefined
    : apis.find(({ scopes }) => scopes.some(({ name }) => name === scope));
}

/** The API of an identifier, compared byte for byte (RFC 8707 2). */
export function apiOfIdentifier({ apis }: Pick<Instance, 'apis'>, identifier: string): Api | undefined {
  return apis.find((api) => api.identifier === identifier);
}
