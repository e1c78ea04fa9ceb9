import { fromBase64url } from '../../base/base64url.ts';
import { headerOf, isSignedBy } from '../../keys/signature.ts';
import type { HandoverProvider } from '../../model/identity-provider.ts';
import type { Instance } from '../../model/instance.ts';
import { BadKeySet, type KeyOfSet, mostKeysOfSet, readKeySet } from '../../registry/clients/key-set.ts';
import { KeySetUnavailable } from '../../registry/clients/key-sets.ts';
import { type ProviderNeeds, ProviderProblem, type ProviderProblemKind } from './vouched.ts';

/** What a product may sign with. `Ed25519` is the newer name of `EdDSA` with the only curve that is taken (RFC 9864). */
export const handOverAlgorithms: readonly string[] = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];

/** Header parameters that bring a key along, or say where one is (RFC 7515 4.1): whoever signs must not choose what it is checked by. */
const keysInHeader = ['jwk', 'jku', 'x5c', 'x5u'] as const;

/** Bytes of JSON that a product may say of somebody. */
export const largestPayload = 16 * 1024;
/** Characters of the whole: base64url makes four of three bytes, and header and signature take some more. */
const longestJwt = 24 * 1024;

/**
 * The payload of a JWT that a key of the product signed (RFC 7515 5.2, RFC 8725). Of the payload nothing is read before that is certain.
 * @throws ProviderProblem whose sentence says what of the JWT is wrong, or why the keys of the product cannot be had
 */
export async function readSigned(
  needs: ProviderNeeds,
  instance: Instance,
  provider: HandoverProvider,
  jwt: string,
): Promise<Record<string, unknown>> {
  if (jwt.length > longestJwt) throw tooLarge();
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(jwt))
    throw bad('The response is no signed JWT: three parts of base64url between two dots.');
  const header = headerOf(jwt);
  const { alg, kid, crit } = header;
  if (typeof alg !== 'string' || !handOverAlgorithms.includes(alg))
    throw bad('The alg in the header of the JWT must be RS256, PS256, ES256 or EdDSA.');
  const brought = keysInHeader.find((name) => header[name] !== undefined);
  if (brought !== undefined)
    throw bad(
      `The header of the JWT must not have ${brought}: the keys of the product are those of the provider's settings.`,
    );
  if (crit !== undefined) throw bad('The header of the JWT must not have crit: no extension is understood.');
  if (kid !== undefined && typeof kid !== 'string')
    throw bad('The kid in the header of the JWT must be a text.');

  const isNamed = (key: KeyOfSet) => kid === undefined || key.kid === kid;
  const fits = (key: KeyOfSet) => isNamed(key) && isSignedBy(key.key, key.algorithms, jwt);
  await findKey(needs, instance, provider, fits);
  return payloadOf(jwt);
}

/** @throws ProviderProblem when no key of the product fits */
async function findKey(
  { keySets }: ProviderNeeds,
  instance: Instance,
  { id, updatedAt, settings: { jwks, jwks_uri: uri } }: HandoverProvider,
  fits: (key: KeyOfSet) => boolean,
): Promise<void> {
  try {
    const found =
      uri === null
        ? (await readKeySet(JSON.stringify(jwks))).find(fits)
        : await keySets.find(instance, { id, version: updatedAt }, uri, fits);
    if (found) return;
  } catch (error) {
    if (error instanceof KeySetUnavailable)
      throw bad(`The key set at the jwks_uri of the product cannot be had: ${error.message}.`, 'unreachable');
    if (error instanceof BadKeySet)
      throw bad(`The jwks of the provider cannot be used: ${error.message}.`, 'misconfigured');
    throw error;
  }
  const where = uri === null ? "in the provider's jwks" : 'at the jwks_uri of the product';
  const later = uri === null ? '' : ' A key that is new there is seen within 30 seconds.';
  throw bad(
    `The JWT is signed by none of the first ${mostKeysOfSet} keys ${where}: its kid, where it has one, must be that of a key there, its alg suit that key, and the signature be by it.${later}`,
  );
}

function payloadOf(jwt: string): Record<string, unknown> {
  const bytes = fromBase64url(jwt.slice(jwt.indexOf('.') + 1, jwt.lastIndexOf('.')));
  if (bytes && bytes.length > largestPayload) throw tooLarge();
  try {
    const payload: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof payload === 'object' && payload !== null && !Array.isArray(payload))
      return payload as Record<string, unknown>;
  } catch {
    // As no object is.
  }
  throw bad('The payload of the JWT must be a JSON object in UTF-8.');
}

function tooLarge(): ProviderProblem {
  return bad(`The payload of the JWT must have at most ${largestPayload / 1024} KiB.`);
}

function bad(message: string, kind: ProviderProblemKind = 'bad_answer'): ProviderProblem {
  return new ProviderProblem(kind, message);
}
