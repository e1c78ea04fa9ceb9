import type { KeyObject } from 'node:crypto';
import type { Id } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';
import type { applicationFields } from './application-fields.ts';
import type { ValuesOf } from './fields.ts';

export const applicationTypes = ['machine', 'spa', 'web'] as const;
export type ApplicationType = (typeof applicationTypes)[number];

/** What an administrator registers, with every field of every type; those that are not for a type have their initial value. */
export interface Application extends ValuesOf<typeof applicationFields> {
  readonly id: Id;
  readonly instanceId: Id;
  readonly type: ApplicationType;
  readonly clientId: Id;
  readonly createdBy: Id | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly lastUsedAt: Instant | null;
}

/** A client secret as it is kept: its hash, and a hint that tells it from the other. */
export interface ClientSecret {
  readonly id: Id;
  readonly hash: Buffer;
  /** The last four characters. */
  readonly hint: string;
  readonly createdAt: Instant;
  readonly lastUsedAt: Instant | null;
}

export interface PublicKey {
  readonly id: Id;
  readonly kid: string;
  readonly name: string;
  readonly algorithm: KeyAlgorithm;
  /** RFC 7638, SHA-256, base64url. */
  readonly thumbprint: string;
  readonly key: KeyObject;
  /** End of validity of the certificate that it came in. */
  readonly notAfter: Instant | null;
  /** The user for whom a JWT-bearer assertion by this key may ask. */
  readonly actsAsUserId: Id | null;
  readonly createdBy: Id | null;
  readonly createdAt: Instant;
  readonly lastUsedAt: Instant | null;
}

/** The usual algorithm of a kind of key: RSA, P-256, P-384, Ed25519. An RSA key also verifies PS256. */
export type KeyAlgorithm = 'RS256' | 'ES256' | 'ES384' | 'EdDSA';

/** What an assertion by such a key may be signed with; `EdDSA` has a second name since RFC 9864. */
export const signedWith: Record<KeyAlgorithm, readonly string[]> = {
  RS256: ['RS256', 'PS256'],
  ES256: ['ES256'],
  ES384: ['ES384'],
  EdDSA: ['EdDSA', 'Ed25519'],
};

/** An application with what it authenticates by, as the protocol needs it. */
export interface Client {
  readonly application: Application;
  readonly secrets: readonly ClientSecret[];
  readonly publicKeys: readonly PublicKey[];
}
