import type { Instant } from '../../base/units.ts';
import type { Client } from '../../model/application.ts';
import type { Database, Sql, Transaction } from '../../store/engine/database.ts';
import { spendAssertion } from '../../store/spent-tokens.ts';
import { OAuthError, type OAuthErrorCode } from '../errors.ts';

/** Something signed that came with a request and is good once: an assertion with a `jti` (RFC 7523 3). */
export interface Proof {
  readonly jti: string;
  /** From when on it is refused anyway. */
  readonly expiresAt: Instant;
  /** What a second use is answered with. */
  readonly refusal: OAuthErrorCode;
}

/**
 * What a request comes to once everything is right that can be checked before: one write that decides. It gives the outcome; or an
 * error to answer although what was written stays; or nothing, when there was nothing to spend, and then nothing was written.
 */
export type Spending<T> = {
  /** Those of the rule, beside the client's own. */
  readonly proofs?: readonly Proof[];
  /** Why there was nothing to spend: throws the error, or says what is to be done instead. */
  readonly otherwise?: () => Promise<Spending<T>>;
} & (
  | { readonly inTransaction: false; spend(write: Sql): Promise<T | OAuthError | undefined> }
  | { readonly inTransaction: true; spend(tx: Transaction): Promise<T | OAuthError | undefined> }
);

/** An outcome that takes no write: whatever proofs there are is all that is spent. */
export function nothingToSpend<T>(outcome: T, proofs: readonly Proof[] = []): Spending<T> {
  return { proofs, inTransaction: false, spend: async () => outcome };
}

/**
 * Spends, and with it every proof that came with the request, in one transaction: all of it counts or nothing does. A rule never
 * spends a proof itself, so none can be forgotten, and a request with a proof that was used before has no effect.
 * @throws OAuthError
 */
export async function carryOut<T>(
  db: Database,
  client: Client & { readonly proofs: readonly Proof[] },
  spending: Spending<T>,
): Promise<T> {
  for (let next = spending; ; ) {
    const outcome = await attempt(db, client, [...client.proofs, ...(next.proofs ?? [])], next);
    if (outcome instanceof OAuthError) throw outcome;
    if (outcome !== undefined) return outcome;
    if (!next.otherwise) throw new Error('a request had nothing to spend, and nobody says why');
    next = await next.otherwise();
  }
}

const nothing = Symbol('nothing was spent');

async function attempt<T>(
  db: Database,
  client: Client,
  proofs: readonly Proof[],
  spending: Spending<T>,
): Promise<T | OAuthError | undefined> {
  if (proofs.length === 0 && !spending.inTransaction) return spending.spend(db.write);
  try {
    return await db.transaction(async (tx) => {
      for (const proof of proofs) await spendProof(tx, client, proof);
      const outcome = await (spending.inTransaction ? spending.spend(tx) : spending.spend(tx.sql));
      // Thrown, so that the proofs are as they were for whatever comes instead.
      if (outcome === undefined) throw nothing;
      return outcome;
    });
  } catch (error) {
    if (error === nothing) return undefined;
    throw error;
  }
}

async function spendProof(
  tx: Transaction,
  { application: { instanceId, id } }: Client,
  { jti, expiresAt, refusal }: Proof,
): Promise<void> {
  if (!(await spendAssertion(tx, instanceId, id, jti, expiresAt)))
    throw new OAuthError(
      refusal,
      'an assertion with this jti was used before; make a new one for every request',
    );
}
