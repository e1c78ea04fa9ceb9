import type { Application, PublicKey } from '../../../api/types.ts';
import type { SigningKey } from './private-key.ts';

/** The application's public key that belongs to a private one. */
export function registeredKey(application: Application, key: SigningKey): PublicKey | undefined {
  return application.public_keys?.find(({ thumbprint }) => thumbprint === key.thumbprint);
}
