import { checkName } from '../../base/text.ts';
import { type Instant, MINUTE, SECOND } from '../../base/units.ts';
import type { HandoverProvider } from '../../model/identity-provider.ts';
import type { Instance } from '../../model/instance.ts';
import { readSigned } from './hand-over-signature.ts';
import { type LoginRequest, type ProviderNeeds, ProviderProblem, type VouchedPerson } from './vouched.ts';

/** The clocks of product and server may differ by this much. */
const skew = 60 * SECOND;
/** How far ahead an answer may expire: it is on its way through one browser. */
const furthestExpiry = 120 * SECOND;
/** An answer is made when it is asked for, not kept. */
const oldest = 10 * MINUTE;
/** Characters of a subject and of a `jti`. */
const longestId = 255;

/** What came back to `/login/handover/…`, as it stands there. */
export interface HandOverAnswer {
  readonly response?: string | undefined;
  readonly error?: string | undefined;
}

/** Where the browser is sent: the product's `login_url`, which may have a query of its own, with what is asked for. */
export async function beginHandOver(
  _needs: ProviderNeeds,
  _instance: Instance,
  { settings }: HandoverProvider,
  { id, asked }: LoginRequest,
): Promise<string> {
  const { prompt, maxAge, loginHint, uiLocales, client } = asked;
  const parameters = {
    login_request: id,
    prompt,
    max_age: maxAge?.toString(),
    login_hint: loginHint,
    ui_locales: uiLocales,
    client_id: client?.id,
    client_name: client?.name,
  };
  const given = Object.entries(parameters).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const url = new URL(settings.login_url);
  url.search = [url.search.slice(1), new URLSearchParams(given).toString()].filter(Boolean).join('&');
  return url.href;
}

/**
 * Whom the product hands over. Whether `auth_time` is recent enough, and that the answer counts once, is for the caller to see to.
 * @throws ProviderProblem `bad_answer` with a sentence that names the claim and what it must be; `denied`, `login_required` as the product says;
 *   `unreachable` when its keys cannot be had
 */
export async function completeHandOver(
  needs: ProviderNeeds,
  instance: Instance,
  provider: HandoverProvider,
  request: LoginRequest,
  { response, error }: HandOverAnswer,
): Promise<VouchedPerson> {
  if (error !== undefined && response !== undefined)
    throw bad('The product must answer with response or with error, not with both.');
  if (error !== undefined) throw refusedWith(error);
  if (response === undefined)
    throw bad('The product must answer with response, a signed JWT, or with error; it gave neither.');

  const claims = withoutNulls(await readSigned(needs, instance, provider, response));
  const now = needs.clock();

  if (claims['iss'] !== provider.settings.issuer)
    throw bad(`The iss of the JWT must be the issuer of the provider, ${provider.settings.issuer}.`);
  const { aud } = claims;
  if (!(Array.isArray(aud) ? aud.length === 1 && aud[0] === instance.url : aud === instance.url))
    throw bad(`The aud of the JWT must be the URL of this instance, ${instance.url}, and nothing else.`);

  const iat = timeOf(claims, 'iat');
  if (iat === undefined) throw bad('The JWT must have iat: when it was made, in Unix seconds.');
  if (iat > now + skew) throw bad('The iat of the JWT is in the future: check the clock of the product.');
  if (iat < now - oldest)
    throw bad('The iat of the JWT is more than 10 minutes ago: it must be made for this login request.');
  const nbf = timeOf(claims, 'nbf');
  if (nbf !== undefined && nbf > now + skew)
    throw bad('The nbf of the JWT is in the future: check the clock of the product.');
  const exp = timeOf(claims, 'exp');
  if (exp === undefined) throw bad('The JWT must have exp: at most 120 seconds ahead, in Unix seconds.');
  if (exp <= now - skew) throw bad('The JWT has expired (exp): check the clock of the product.');
  if (exp > now + furthestExpiry + skew)
    throw bad('The exp of the JWT must be at most 120 seconds ahead (it counts seconds, not milliseconds).');

  if (claims['login_request'] !== request.id)
    throw bad('The login_request of the JWT must be the one with which this browser came to the product.');
  const { jti } = claims;
  if (!isId(jti))
    throw bad(`The jti of the JWT must be a text of 1 to ${longestId} characters, another one each time.`);
  if (!isId(claims['sub']))
    throw bad(
      `The sub of the JWT must be a text of 1 to ${longestId} characters: what the product calls the user.`,
    );

  const authTime = timeOf(claims, 'auth_time');
  if (authTime !== undefined && authTime > now + skew)
    throw bad('The auth_time of the JWT is in the future: it is when the user last proved who they are.');
  checkKinds(claims);

  return {
    claims,
    authenticatedAt: authTime === undefined ? null : Math.min(authTime, now),
    methods: (claims['amr'] as readonly string[] | undefined) ?? [],
    once: { id: jti, expiresAt: exp + skew },
  };
}

/** What the product says instead of a person. Its word is not repeated: it may be anybody's who sends a browser here. */
function refusedWith(error: string): ProviderProblem {
  switch (error) {
    case 'access_denied':
      return new ProviderProblem('denied', 'The product answered access_denied: nobody is handed over.');
    case 'login_required':
      return new ProviderProblem(
        'login_required',
        'The product answered login_required: nobody is signed in there, and no page may be shown.',
      );
    default:
      return bad('The error that the product answers with must be access_denied or login_required.');
  }
}

/** Languages write what they do not know as null. */
function withoutNulls(payload: Record<string, unknown>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== null));
}

/**
 * The instant that a NumericDate (RFC 7519 2) stands for, which may have a fraction.
 * @throws ProviderProblem for what is none
 */
function timeOf(claims: Readonly<Record<string, unknown>>, name: string): Instant | undefined {
  const value = claims[name];
  if (value === undefined) return undefined;
  // Beyond that lies no day of a calendar.
  if (typeof value !== 'number' || value < 0 || value > 8_640_000_000_000)
    throw bad(`The ${name} of the JWT must be a number of Unix seconds.`);
  return Math.round(value * SECOND);
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && checkName(value, longestId) === null;
}

const isText = (value: unknown) => typeof value === 'string';

/** What may be there and says nothing of whether the answer is good. */
const kinds: readonly [name: string, is: (value: unknown) => boolean, what: string][] = [
  ['email', isText, 'a text'],
  ['email_verified', (value) => typeof value === 'boolean', 'true or false'],
  ['name', isText, 'a text'],
  ['locale', isText, 'a text'],
  ['amr', (value) => Array.isArray(value) && value.every(isText), 'a list of texts'],
  ['claims', (value) => typeof value === 'object' && !Array.isArray(value), 'an object'],
];

function checkKinds(claims: Readonly<Record<string, unknown>>): void {
  for (const [name, is, what] of kinds)
    if (claims[name] !== undefined && !is(claims[name])) throw bad(`The ${name} of the JWT must be ${what}.`);
}

function bad(message: string): ProviderProblem {
  return new ProviderProblem('bad_answer', message);
}
