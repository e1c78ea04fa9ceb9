import * as openid from 'openid-client';
import { FetchRefused } from '../../base/fetch-safely.ts';
import { WrongSecret } from '../../base/master-secret.ts';
import { MINUTE, SECOND } from '../../base/units.ts';
import type { OidcProvider } from '../../model/identity-provider.ts';
import type { Instance } from '../../model/instance.ts';
import {
  BadDiscoveryDocument,
  type DiscoveryDocument,
} from '../../registry/identity-providers/discovery-document.ts';
import { openProviderSecret } from '../../registry/identity-providers/secret.ts';
import { problemOfFetch } from './oidc-problems.ts';
import { type ProviderNeeds, ProviderProblem } from './vouched.ts';

/** The clocks of two servers may differ by this much. */
export const skew = MINUTE;

/** A provider, ready to be asked. */
export interface Configured {
  readonly document: DiscoveryDocument;
  readonly configuration: openid.Configuration;
}

/**
 * What openid-client needs to speak with a provider: what the provider says of itself, who we are there, and the one way in which this server
 * asks others.
 * @throws ProviderProblem `unreachable`, `bad_answer`, `misconfigured`
 */
export async function configureOidc(
  needs: ProviderNeeds,
  instance: Instance,
  provider: OidcProvider,
): Promise<Configured> {
  const document = await documentOf(needs, instance, provider);
  const client = {
    // The library has the system's clock.
    [openid.clockSkew]: Math.round((needs.clock() - Date.now()) / SECOND),
    [openid.clockTolerance]: skew / SECOND,
  };
  const authentication = authenticationBy(document, secretOf(needs, provider));
  const configuration = new openid.Configuration(
    document as openid.ServerMetadata,
    provider.settings.client_id,
    client,
    authentication,
  );
  configuration[openid.customFetch] = fetchFor(needs, instance, document);
  // Which URLs may be plain http was judged by the issuer, and is judged again where they are asked.
  openid.allowInsecureRequests(configuration);
  return { document, configuration };
}

async function documentOf(
  { discoveryDocuments }: ProviderNeeds,
  instance: Instance,
  provider: OidcProvider,
): Promise<DiscoveryDocument> {
  try {
    return await discoveryDocuments.of(instance, provider);
  } catch (error) {
    if (error instanceof BadDiscoveryDocument)
      throw new ProviderProblem(error.kind, `The discovery document of the provider ${error.message}.`);
    if (error instanceof FetchRefused) throw problemOfFetch('discovery document', error);
    throw error;
  }
}

function secretOf({ secret }: ProviderNeeds, provider: OidcProvider): string | null {
  try {
    return openProviderSecret(secret, provider);
  } catch (error) {
    if (!(error instanceof WrongSecret)) throw error;
    throw new ProviderProblem(
      'misconfigured',
      'The client secret cannot be opened: it was given for another issuer, or under another POSTERN_SECRET. Enter it again.',
    );
  }
}

/** How we show the provider who we are (OpenID Connect Core 1.0, 9); what it does not tell is `client_secret_basic`. */
function authenticationBy(
  { token_endpoint_auth_methods_supported: methods }: DiscoveryDocument,
  secret: string | null,
): openid.ClientAuth {
  if (secret === null) return openid.None();
  if (methods.includes('client_secret_basic')) return openid.ClientSecretBasic(secret);
  if (methods.includes('client_secret_post')) return openid.ClientSecretPost(secret);
  throw new ProviderProblem(
    'misconfigured',
    'The provider takes no client secret: its token_endpoint_auth_methods_supported has neither client_secret_basic nor client_secret_post.',
  );
}

/** Our one door, in the shape that the library asks for. Of the headers that come back it needs the type of the body. */
function fetchFor(
  { fetchSafely }: ProviderNeeds,
  instance: Instance,
  document: DiscoveryDocument,
): openid.CustomFetch {
  return async (url, { method, headers: { accept, 'user-agent': _, ...headers }, body }) => {
    const what = url === document.token_endpoint ? 'token endpoint' : 'userinfo endpoint';
    try {
      const answer = await fetchSafely(instance, url, {
        method: method === 'POST' ? 'POST' : 'GET',
        headers,
        ...(body != null && { body: String(body) }),
        ...(accept !== undefined && { accept }),
      });
      const { status } = answer;
      if (status >= 500 || status === 429)
        throw new ProviderProblem(
          'unreachable',
          `The ${what} of the provider answered with the status ${status}.`,
        );
      const { 'content-type': type } = answer.headers;
      if (type?.startsWith('application/jwt'))
        throw new ProviderProblem(
          'misconfigured',
          `The ${what} of the provider answered with a JWT: have it give this client plain JSON.`,
        );
      return new Response([204, 205].includes(status) ? null : answer.body, {
        status,
        headers: type === undefined ? {} : { 'content-type': type },
      });
    } catch (error) {
      throw error instanceof FetchRefused ? problemOfFetch(what, error) : error;
    }
  };
}
