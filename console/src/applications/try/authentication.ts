import type { Application } from '../../api/types.ts';
import type { AuthenticationMethod, Credentials } from './client-authentication.ts';
import { signAssertion } from './signing/jwt.ts';
import type { SigningKey } from './signing/private-key.ts';
import { registeredKey } from './signing/registered-key.ts';

/** How the trial's client authenticates, with what the administrator gave for it. In this page's memory only. */
export interface Authentication {
  readonly method: AuthenticationMethod | 'none';
  readonly secret: string;
  readonly key: SigningKey | undefined;
}

/** Whether there is all that the method needs. */
export function isComplete({ method, secret, key }: Authentication): boolean {
  if (method === 'none') return true;
  return method === 'private_key_jwt' ? key !== undefined : secret !== '';
}

/** What goes into a request, as far as it is known before it is sent. */
export function knownCredentials(application: Application, authentication: Authentication): Credentials {
  const { method, secret } = authentication;
  const clientId = application.client_id;
  if (method === 'none') return { method, clientId };
  return method === 'private_key_jwt' ? { method, clientId, assertion: '' } : { method, clientId, secret };
}

/** The same for one sending: an assertion is signed for each. */
export async function freshCredentials(
  application: Application,
  issuer: string,
  authentication: Authentication,
): Promise<Credentials> {
  const known = knownCredentials(application, authentication);
  const { key } = authentication;
  if (known.method !== 'private_key_jwt' || !key) return known;
  const { clientId } = known;
  const claims = { iss: clientId, sub: clientId, aud: issuer };
  return { ...known, assertion: await signAssertion(key, claims, registeredKey(application, key)?.kid) };
}
