import { fromBase64url } from '../../base/base64url.ts';
import { parseId } from '../../base/ids.ts';
import { randomToken, sha256 } from '../../base/master-secret.ts';
import { HOUR, type Instant, SECOND } from '../../base/units.ts';
import type { Core } from '../../core.ts';
import type { Instance } from '../../model/instance.ts';
import { insertPushedRequest, takePushedRequest } from '../../store/pushed-requests.ts';
import type { ClientRequest, Rule } from '../client/call.ts';
import { OAuthError } from '../errors.ts';
import type { Form } from '../parameters.ts';
import type { Profile } from '../profile.ts';
import { type Parameters, parametersOf } from './parameters.ts';
import { requestOf, type Unredirectable, UnredirectableError } from './request.ts';

/** A request to the endpoint for pushed requests: its parameters as an authorization request would have them. */
export interface PushRequest extends ClientRequest {
  readonly parameters: Parameters;
}

/** An answer of RFC 9126 2.2. */
export interface PushResponse {
  readonly request_uri: string;
  /** Seconds. */
  readonly expires_in: number;
}

const urn = 'urn:ietf:params:oauth:request_uri:';
/** Seconds until a pushed request must have come to the authorization endpoint. */
const lifetime = 90;
/** Characters of what stands for a request in our addresses, where a query has 8 KiB, and a language and a provider come beside it. */
const longestSealed = 8000;

/**
 * The endpoint for pushed authorization requests (RFC 9126 2): the client authenticates as at the token endpoint, and the request is checked as at
 * the authorization endpoint, which checks it anew when it comes there.
 * @throws OAuthError
 */
export const pushRequest: Rule<PushRequest, PushResponse> = async (needs, { request, client, now }) => {
  const { instance } = request;
  const { clientId, type } = client.application;
  if (type === 'machine')
    throw new OAuthError('unauthorized_client', 'a machine application has no users who sign in');
  if (request.parameters.values.request_uri !== undefined)
    throw new OAuthError('invalid_request', 'request_uri must not be pushed');
  // Whoever authenticated is the client, named or not (RFC 9126 2.1).
  const values = { ...request.parameters.values, client_id: clientId };
  const parameters: Parameters = { ...request.parameters, values, pushed: '' };
  try {
    await requestOf(needs, instance, 'standard', parameters);
  } catch (error) {
    if (error instanceof UnredirectableError)
      throw new OAuthError('invalid_request', whatIsWrong[error.code] ?? 'the request cannot be answered');
    throw error;
  }
  const { resources } = parameters;
  if (seal(needs, instance, { values, resources, takenAt: now }).length > longestSealed)
    throw new OAuthError(
      'invalid_request',
      'the request is too large: its parameters together may have about 5,800 characters',
    );
  const token = randomToken();
  return {
    inTransaction: false,
    spend: async (write) => {
      const expiresAt = now + lifetime * SECOND;
      await insertPushedRequest(
        write,
        instance.id,
        clientId,
        sha256(token),
        { values, resources },
        expiresAt,
      );
      return { request_uri: urn + token, expires_in: lifetime };
    },
  };
};

const whatIsWrong: Partial<Record<Unredirectable, string>> = {
  missing_redirect_uri:
    'redirect_uri is missing; it must be one of those that the application has registered',
  unregistered_redirect_uri:
    'redirect_uri must be one of those that the application has registered, byte for byte',
  repeated_parameter: 'a parameter came more than once',
};

/** Whether a request names one that was pushed here. What came twice is refused like any parameter, and nothing is taken. */
export function isPushed({ values, repeated }: Parameters): boolean {
  const isOne = !repeated.has('client_id') && !repeated.has('request_uri');
  return isOne && values.request_uri?.startsWith(urn) === true;
}

/** A pushed request on its way through the pages, sealed: it was taken once, and goes on as often as its user has to come back to it. */
interface Sealed extends Pick<Parameters, 'values' | 'resources'> {
  readonly takenAt: Instant;
}

/** How long a request that was taken may go on. */
const tripLifetime = HOUR;

/**
 * Takes a pushed request: once, by its own client (RFC 9126 4).
 * @returns what stands for it from now on, in the parameter `pushed`: base64url; undefined where there is no such request
 */
export async function takePushed(
  core: Core,
  instance: Instance,
  { values }: Pick<Parameters, 'values'>,
): Promise<string | undefined> {
  const clientId = parseId(values.client_id);
  const token = values.request_uri?.slice(urn.length);
  if (!clientId || !token) return undefined;
  const now = core.clock();
  const taken = await takePushedRequest(core.db.write, instance.id, clientId, sha256(token), now);
  if (!taken) return undefined;
  return seal(core, instance, { ...(taken as Pick<Parameters, 'values' | 'resources'>), takenAt: now });
}

function seal({ secret }: Pick<Core, 'secret'>, { id }: Instance, sealed: Sealed): string {
  return secret.seal('pushed-request', JSON.stringify(sealed), id).toString('base64url');
}

/**
 * The parameters of an authorization request, pushed or not. Beside a pushed one nothing counts but the language that its pages are in.
 * @param profile the front door that it came through: what is pushed goes by the standard one, where it was checked
 * @returns undefined where the pushed request is none of ours, or was taken too long ago
 */
export function readParameters(
  core: Core,
  instance: Instance,
  profile: Profile,
  form: Form,
): Parameters | undefined {
  const pushed = profile === 'standard' ? form.get('pushed') : undefined;
  if (pushed === undefined) return parametersOf(form);
  const bytes = fromBase64url(pushed);
  const opened = bytes && core.secret.open('pushed-request', bytes, instance.id);
  if (!opened) return undefined;
  const { values, resources, takenAt } = JSON.parse(opened.plain.toString()) as Sealed;
  if (core.clock() >= takenAt + tripLifetime) return undefined;
  const uiLocales = form.get('ui_locales');
  const inLanguage = uiLocales === undefined ? values : { ...values, ui_locales: uiLocales };
  return { values: inLanguage, resources, repeated: new Set(), pushed };
}
