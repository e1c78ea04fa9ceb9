import type { FetchedAnswer } from '../../base/fetch-safely.ts';

/**
 * A provider's discovery document is none that can be used. The message is the rest of a sentence that begins with "The discovery document of
 * the provider"; it repeats nothing of the document.
 */
export class BadDiscoveryDocument extends Error {
  override name = 'BadDiscoveryDocument';
  readonly kind: 'unreachable' | 'bad_answer' | 'misconfigured';

  constructor(kind: BadDiscoveryDocument['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** The signature algorithms of ID tokens that are taken, and no other: neither `none` nor one by a shared secret. */
export const idTokenAlgorithms: readonly string[] = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'];

/** What a provider says of itself, as far as it concerns us, by the names of OpenID Connect Discovery 1.0, 3. */
export interface DiscoveryDocument {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly jwks_uri: string;
  readonly userinfo_endpoint: string | undefined;
  readonly token_endpoint_auth_methods_supported: readonly string[];
  /** Those of `idTokenAlgorithms` alone; at least one. */
  readonly id_token_signing_alg_values_supported: readonly string[];
  /** RFC 9207 3: every answer names the issuer. */
  readonly authorization_response_iss_parameter_supported: boolean;
}

/**
 * Reads what came from `/.well-known/openid-configuration`.
 * @param issuer that of the provider's settings, which the document has to name to the letter (OpenID Connect Discovery 1.0, 4.3)
 * @throws BadDiscoveryDocument
 */
export function readDiscoveryDocument(issuer: string, { status, body }: FetchedAnswer): DiscoveryDocument {
  if (status >= 500 || status === 429)
    throw new BadDiscoveryDocument('unreachable', `was answered with the status ${status}`);
  if (status !== 200)
    throw new BadDiscoveryDocument(
      'misconfigured',
      `was answered with the status ${status}: is the issuer right?`,
    );
  const document = parse(body);
  if (document['issuer'] !== issuer)
    throw new BadDiscoveryDocument(
      'misconfigured',
      'names another issuer than the settings here, which must agree to the last slash',
    );
  return {
    issuer,
    authorization_endpoint: endpoint(document, 'authorization_endpoint', issuer),
    token_endpoint: endpoint(document, 'token_endpoint', issuer),
    jwks_uri: endpoint(document, 'jwks_uri', issuer),
    userinfo_endpoint:
      document['userinfo_endpoint'] === undefined
        ? undefined
        : endpoint(document, 'userinfo_endpoint', issuer),
    token_endpoint_auth_methods_supported: texts(document, 'token_endpoint_auth_methods_supported') ?? [
      defaultAuthMethod,
    ],
    id_token_signing_alg_values_supported: algorithms(document),
    authorization_response_iss_parameter_supported:
      document['authorization_response_iss_parameter_supported'] === true,
  };
}

/** What a provider speaks that does not tell. */
const defaultAuthMethod = 'client_secret_basic';
/** The one that every provider must have. */
const defaultAlgorithm = 'RS256';

function parse(body: string): Readonly<Record<string, unknown>> {
  try {
    const document: unknown = JSON.parse(body);
    if (typeof document === 'object' && document !== null)
      return document as Readonly<Record<string, unknown>>;
  } catch {
    // As no object is.
  }
  throw new BadDiscoveryDocument('unreachable', 'is no JSON object');
}

/** An endpoint of a provider that is asked by https is asked by https. */
function endpoint(document: Readonly<Record<string, unknown>>, name: string, issuer: string): string {
  const value = document[name];
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : null;
  if (!url) throw new BadDiscoveryDocument('bad_answer', `has no ${name} that is a URL`);
  const isSecure = url.protocol === 'https:' || (url.protocol === 'http:' && issuer.startsWith('http:'));
  if (!isSecure) throw new BadDiscoveryDocument('bad_answer', `has no ${name} that begins with https://`);
  return url.href;
}

function algorithms(document: Readonly<Record<string, unknown>>): readonly string[] {
  const told = texts(document, 'id_token_signing_alg_values_supported') ?? [defaultAlgorithm];
  const taken = told.filter((name) => idTokenAlgorithms.includes(name));
  if (taken.length === 0)
    throw new BadDiscoveryDocument(
      'misconfigured',
      `has no signature algorithm that is taken here: ${idTokenAlgorithms.join(', ')}`,
    );
  return taken;
}

/** A list of texts; undefined when there is none. */
function texts(document: Readonly<Record<string, unknown>>, name: string): readonly string[] | undefined {
  const value = document[name];
  if (!Array.isArray(value)) return undefined;
  return value.filter((item): item is string => typeof item === 'string');
}
