/** All that the product has to do with Postern. Environment: ISSUER, PROVIDER_ID, CLIENT_ID, USER_ID, KEY, PORT. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SignJWT } from 'jose';

const { ISSUER, PROVIDER_ID, CLIENT_ID, USER_ID, KEY, PORT = '3004' } = process.env;
const { privateKey: made } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = KEY ? createPrivateKey(readFileSync(KEY)) : made;
/** What Postern checks signatures by: the `jwks_uri` of the provider leads here. */
export const keySet = { keys: [createPublicKey(key).export({ format: 'jwk' })] };

const seconds = (milliseconds) => Math.floor(milliseconds / 1000);
function sign(claims) {
  const iat = seconds(Date.now());
  const jwt = new SignJWT({ iat, exp: iat + 60, jti: randomUUID(), aud: ISSUER, ...claims });
  return jwt.setProtectedHeader({ alg: 'ES256' }).sign(key);
}

/** Where the browser goes with `response`, or with `error`: `access_denied` or `login_required`. */
export const back = (answer) => `${ISSUER}/login/handover/${PROVIDER_ID}?${new URLSearchParams(answer)}`;

/** Where it goes with somebody who signed in here; `since`: when, in milliseconds. */
export async function handOver({ user: { id, name, email, role }, since }, login_request) {
  const trip = { iss: `http://localhost:${PORT}`, login_request, auth_time: seconds(since), amr: ['pwd'] };
  const person = { sub: id, name, email, email_verified: true, claims: { role } };
  return back({ response: await sign({ ...trip, ...person }) });
}

/** A call to the REST API by a machine application with the scope `admin` whose key acts for an administrator. */
async function api(method, path, json) {
  const type = json && { 'Content-Type': 'application/json' };
  const headers = { Authorization: `Bearer ${await accessToken()}`, ...type };
  const answer = await fetch(`${ISSUER}/api/v1${path}`, { method, headers, body: JSON.stringify(json) });
  if (answer.status === 401) token.until = 0; // revoked, perhaps: the next call gets another
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? undefined : answer.json();
}

let token = { until: 0 };
async function accessToken() {
  if (Date.now() < token.until) return token.access_token;
  const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  const assertion = await sign({ iss: CLIENT_ID, sub: USER_ID });
  const body = new URLSearchParams({ grant_type, assertion, scope: 'admin' });
  const answer = await (await fetch(`${ISSUER}/oauth2/token`, { method: 'POST', body })).json();
  if (!answer.access_token) throw new Error(`no access token: ${answer.error_description}`);
  token = { ...answer, until: Date.now() + (answer.expires_in - 60) * 1000 };
  return token.access_token;
}

/** Who that is in Postern, once they were there. */
const find = async ({ id }) => (await api('GET', `/users?subject=${encodeURIComponent(id)}`)).data[0];
/** The applications that somebody allowed. */
export async function connectedApplications(user) {
  const found = await find(user);
  return found ? (await api('GET', `/users/${found.id}/authorizations`)).data : [];
}
/** Ends one of these; another user's is not among them. */
export async function disconnect(user, id) {
  const found = (await connectedApplications(user)).find((each) => each.id === id);
  if (found) await api('DELETE', `/applications/${found.application.id}/authorizations/${id}`);
}
/** Who is seen here is active there: what would end when they are inactive does not end. */
export const reportActivity = ({ id }) => api('POST', '/activity', { users: [{ subject: id }] });
