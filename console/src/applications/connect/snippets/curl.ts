import { shellQuoted } from './quote.ts';
import type { JwtClaims, SnippetRequest, Value } from './request.ts';

/** The request as a shell script with curl, and with openssl where a JWT is signed. */
export function curlSnippet(request: SnippetRequest): string {
  const { url, basicClientId, tokenHeader, form, jwt } = request;
  const words = [
    `curl -sS --fail-with-body ${typeof url === 'string' ? shellQuoted(url) : '"$API_URL"'}`,
    ...(basicClientId === undefined ? [] : [`-u "${basicClientId}:$CLIENT_SECRET"`]),
    ...(tokenHeader ? [`-H "${tokenHeader.name}: ${tokenHeader.prefix}$ACCESS_TOKEN"`] : []),
    ...form.map(([name, value]) => `--data-urlencode ${parameter(name, value)}`),
  ];
  return `#!/bin/sh
set -eu

${jwt ? `${signing(jwt)}\n` : ''}${words.join(' \\\n  ')}
`;
}

function parameter(name: string, value: Value): string {
  if (typeof value === 'string') return shellQuoted(`${name}=${value}`);
  return 'variable' in value ? `"${name}=$${value.variable}"` : `"${name}=$HEADER.$CLAIMS.$SIGNATURE"`;
}

function signing({ iss, sub, aud }: JwtClaims): string {
  return String.raw`base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

NOW=$(date +%s)
HEADER=$(printf '{"alg":"RS256","typ":"JWT"}' | base64url)
CLAIMS=$(printf '{"iss":"%s","sub":"%s","aud":"%s","iat":%d,"exp":%d,"jti":"%s"}' \
  ${shellQuoted(iss)} ${shellQuoted(sub)} ${shellQuoted(aud)} \
  "$NOW" "$((NOW + 60))" "$(openssl rand -hex 16)" | base64url)
SIGNATURE=$(printf '%s' "$HEADER.$CLAIMS" |
  openssl dgst -sha256 -sign "$PRIVATE_KEY_FILE" -binary | base64url)
`;
}
