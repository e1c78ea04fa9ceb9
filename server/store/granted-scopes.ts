import { type Id, idBytes } from '../base/ids.ts';
import type { Transaction } from './engine/database.ts';

/**
 * Takes scopes that an API has no longer out of all that people allowed in an instance: where the same names come back, of this API or
 * another, nobody has read what they mean then. Consents with them are forgotten, so that applications ask again.
 */
export async function forgetGrantedScopes(
  tx: Transaction,
  instanceId: Id,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    const word = ` ${name} `;
    await tx.sql`
      DELETE FROM consents
      WHERE instance_id = ${idBytes(instanceId)}
        AND replace(' ' || scopes || ' ', ${word}, '') <> ' ' || scopes || ' '`;
    // Codes first: a redemption under way is waited for here, and what it issued is seen below.
    await tx.sql`
      UPDATE authorization_codes SET scopes = trim(replace(' ' || scopes || ' ', ${word}, ' '))
      WHERE instance_id = ${idBytes(instanceId)}
        AND replace(' ' || scopes || ' ', ${word}, '') <> ' ' || scopes || ' '`;
    await tx.sql`
      UPDATE authorizations SET scopes = trim(replace(' ' || scopes || ' ', ${word}, ' '))
      WHERE instance_id = ${idBytes(instanceId)} AND revoked_at IS NULL
        AND replace(' ' || scopes || ' ', ${word}, '') <> ' ' || scopes || ' '`;
  }
}
