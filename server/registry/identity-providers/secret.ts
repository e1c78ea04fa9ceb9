import type { Id } from '../../base/ids.ts';
import { type MasterSecret, WrongSecret } from '../../base/master-secret.ts';
import type { Core } from '../../core.ts';
import type { OidcProvider } from '../../model/identity-provider.ts';
import { listIdentityProviders, resealProviderSecret } from '../../store/identity-providers.ts';

/** Whose secret it is. */
type Holder = Pick<OidcProvider, 'id' | 'settings'>;

/**
 * A client secret as it is stored. It can be opened for the issuer that it was given for and for no other: whoever changes the issuer of a
 * provider has to give a secret again, and cannot have the one that is there sent to a place of their own.
 */
export function sealProviderSecret(secret: MasterSecret, provider: Holder, clientSecret: string): Uint8Array {
  return secret.seal('provider-secret', clientSecret, sealingContext(provider));
}

/**
 * The client secret of a provider; null where it has none.
 * @throws WrongSecret when it was sealed under another master secret or for another issuer
 */
export function openProviderSecret(
  secret: MasterSecret,
  provider: Holder & Pick<OidcProvider, 'sealedSecret'>,
): string | null {
  return unseal(secret, provider)?.plain.toString() ?? null;
}

/**
 * Seals anew, at start, what an older master secret had sealed. What no secret opens stays as it is: sign-ins by that provider fail, and
 * say why.
 */
export async function resealProviderSecrets(
  { db, secret }: Omit<Core, 'clock'>,
  instanceId: Id,
): Promise<void> {
  for (const provider of await listIdentityProviders(db, instanceId)) {
    if (provider.type !== 'oidc' || provider.sealedSecret === null) continue;
    try {
      const opened = unseal(secret, provider);
      if (!opened || opened.current) continue;
      await resealProviderSecret(
        db,
        provider,
        secret.seal('provider-secret', opened.plain, sealingContext(provider)),
      );
    } catch (error) {
      if (!(error instanceof WrongSecret)) throw error;
    }
  }
}

function unseal(
  secret: MasterSecret,
  provider: Holder & Pick<OidcProvider, 'sealedSecret'>,
): { plain: Buffer; current: boolean } | null {
  if (provider.sealedSecret === null) return null;
  const opened = secret.open('provider-secret', provider.sealedSecret, sealingContext(provider));
  if (!opened)
    throw new WrongSecret('POSTERN_SECRET does not open the client secret of this provider: give it again');
  return opened;
}

function sealingContext({ id, settings }: Holder): string {
  return `provider ${id} ${settings.issuer}`;
}
