/**
 * A program without a browser: signs a JWT with its private key and gets an access token for it (RFC 7523).
 * Environment: ISSUER, CLIENT_ID, USER_ID (for whom the key acts), PRIVATE_KEY (a PEM file), API.
 * `--token` prints the access token and nothing else, for use in a shell.
 */
import { createPrivateKey, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SignJWT } from 'jose';

const { ISSUER = 'http://localhost:3000', CLIENT_ID = '', USER_ID = '' } = process.env;
const { PRIVATE_KEY = 'private.key', API = 'http://localhost:3003' } = process.env;

async function accessToken(): Promise<string> {
  const assertion = await new SignJWT()
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(CLIENT_ID)
    .setSubject(USER_ID)
    .setAudience(ISSUER)
    .setIssuedAt()
    .setExpirationTime('1 minute')
    .setJti(randomUUID()) // makes it good for one use
    .sign(createPrivateKey(readFileSync(PRIVATE_KEY)));
  const response = await fetch(`${ISSUER}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }),
  });
  const answer = (await response.json()) as {
    access_token: string;
    error?: string;
    error_description?: string;
  };
  if (!response.ok) throw new Error(`${answer.error}: ${answer.error_description}`);
  return answer.access_token;
}

async function projects(token: string): Promise<{ name: string }[]> {
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(`${API}/attask/api/v19.0/proj/search`, { headers });
  if (!response.ok) throw new Error(`The API answered ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { data: { name: string }[] }).data;
}

try {
  const token = await accessToken();
  if (process.argv.includes('--token')) process.stdout.write(`${token}\n`);
  else for (const { name } of await projects(token)) process.stdout.write(`${name}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
