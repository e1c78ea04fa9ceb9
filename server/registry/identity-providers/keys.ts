import { Refusal } from '../../base/refusal.ts';
import type { Instant } from '../../base/units.ts';
import type { HandoverSettings } from '../../model/identity-provider.ts';
import { checkJwks } from '../../model/identity-provider-rules.ts';
import { parsePublicKey } from '../applications/public-key.ts';

/**
 * Refuses a key set in which a key cannot verify signatures, or could make them: a private key should never have left its owner.
 * @throws Refusal `private_key_refused`, `validation_failed`; none repeats the input
 */
export async function refuseBadKeys(jwks: HandoverSettings['jwks'] | undefined, now: Instant): Promise<void> {
  // What is no set of keys is named by the rules of the field.
  if (!jwks || checkJwks(jwks) !== null) return;
  for (const [index, jwk] of jwks.keys.entries())
    try {
      await parsePublicKey(typeof jwk === 'object' ? jwk : null, now);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const isPrivate = error.code === 'private_key_refused';
      const message = error.errors?.[0]?.message ?? 'must be a public key';
      throw new Refusal(isPrivate ? error.code : 'validation_failed', error.detail, {
        errors: [{ path: `jwks.keys.${index}`, message }],
      });
    }
}
