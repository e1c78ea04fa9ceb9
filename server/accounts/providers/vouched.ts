import type { FetchSafely } from '../../base/fetch-safely.ts';
import type { Id } from '../../base/ids.ts';
import { type Instant, MINUTE } from '../../base/units.ts';
import type { Core } from '../../core.ts';
import type { KeySets } from '../../registry/clients/key-sets.ts';
import type { DiscoveryDocuments } from '../../registry/identity-providers/discovery-documents.ts';
import type { KnownSamlMetadata } from '../../registry/identity-providers/known-saml-metadata.ts';

/** What the rules of sign-ins by a provider need. */
export interface ProviderNeeds extends Core {
  /** The one way in which this server asks others. */
  readonly fetchSafely: FetchSafely;
  /** What providers publish at a `jwks_uri`. */
  readonly keySets: KeySets;
  /** What OpenID Connect providers say of themselves. */
  readonly discoveryDocuments: DiscoveryDocuments;
  /** What SAML providers publish of themselves. */
  readonly samlMetadata: KnownSamlMetadata;
}

/** How long a login request is good, in milliseconds. */
export const loginRequestLifetime = 15 * MINUTE;

/** What a provider is asked for; it is held to that when its answer comes. */
export interface Asked {
  /** `none`: no page may be shown. */
  readonly prompt?: 'none' | 'login' | 'select_account' | undefined;
  /** Seconds since the person last showed the provider who they are. */
  readonly maxAge?: number | undefined;
  readonly loginHint?: string | undefined;
  readonly uiLocales?: string | undefined;
  /** The application whose authorization request waits. */
  readonly client?: { readonly id: string; readonly name: string } | undefined;
}

/** One trip of one browser to a provider. All of it is in a cookie of that browser, which nobody else can write. */
export interface LoginRequest {
  /** 43 characters of base64url: `state` in OpenID Connect, `login_request` in a hand-over, `RelayState` in SAML. */
  readonly id: string;
  readonly providerId: Id;
  /** `test`: an administrator wants to see what comes back; `link`: somebody who is signed in wants to come by it from now on. */
  readonly purpose: 'sign_in' | 'test' | 'link';
  /** Who that is. */
  readonly userId?: Id | undefined;
  readonly startedAt: Instant;
  readonly asked: Asked;
  /** Where people go afterwards: a path of this origin. */
  readonly returnTo: string;
}

/** Whom a provider vouches for, before anything here is made of it. */
export interface VouchedPerson {
  /** What the provider says of them, by the names that it uses. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** When they showed the provider who they are (`auth_time`); null where it does not tell. */
  readonly authenticatedAt: Instant | null;
  /** By what, in the words of RFC 8176 (`amr`). */
  readonly methods: readonly string[];
  /** What counts once, such as a `jti`, and until when it would count; null where something else sees to that. */
  readonly once: { readonly id: string; readonly expiresAt: Instant } | null;
}

/**
 * Why nobody came back from a provider: it cannot be reached; its answer is none that it could have given to us; it is set up wrongly, here or
 * there; the person or the provider said no; a page was needed and none may be shown; the person showed who they are too long ago.
 */
export type ProviderProblemKind =
  | 'unreachable'
  | 'bad_answer'
  | 'misconfigured'
  | 'denied'
  | 'login_required'
  | 'not_fresh';

/** Nobody came back from a provider. The message is a sentence for administrators, in which nothing is secret. */
export class ProviderProblem extends Error {
  override name = 'ProviderProblem';
  readonly kind: ProviderProblemKind;

  constructor(kind: ProviderProblemKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
