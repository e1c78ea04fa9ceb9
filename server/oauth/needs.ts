import type { FetchSafely } from '../base/fetch-safely.ts';
import type { Core } from '../core.ts';
import type { SigningKeys } from '../keys/signing-keys.ts';
import type { VerifiedTokens } from '../keys/verified-tokens.ts';
import type { Clients } from '../registry/clients/clients.ts';
import type { KeySets } from '../registry/clients/key-sets.ts';
import type { LastUsed } from '../store/last-used.ts';

/** What the rules of the protocol work with. */
export interface Needs extends Core {
  readonly clients: Clients;
  readonly keySets: KeySets;
  readonly signingKeys: SigningKeys;
  readonly verifiedTokens: VerifiedTokens;
  readonly lastUsed: LastUsed;
  readonly fetchSafely: FetchSafely;
}
