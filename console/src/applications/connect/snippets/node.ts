import { singleQuoted } from './quote.ts';
import { type JwtClaims, type SnippetRequest, type Value, variablesOf } from './request.ts';

/** The request as a module for Node.js, without packages. */
export function nodeSnippet(request: SnippetRequest): string {
  const { method, url, basicClientId, tokenHeader, form, jwt } = request;
  const headers = [
    ...(basicClientId === undefined
      ? []
      : [`authorization: \`Basic \${btoa(\`${basicClientId}:\${CLIENT_SECRET}\`)}\``]),
    ...(tokenHeader ? [`${tokenHeader.name}: \`${tokenHeader.prefix}\${ACCESS_TOKEN}\``] : []),
  ];
  const options = [
    ...(method === 'POST' ? ["  method: 'POST',\n"] : []),
    ...(headers.length > 0 ? [`  headers: { ${headers.join(', ')} },\n`] : []),
    ...(form.length > 0
      ? [
          '  body: new URLSearchParams({\n',
          ...form.map(([name, value]) => `    ${name}: ${literal(value)},\n`),
          '  }),\n',
        ]
      : []),
  ];
  return `${jwt ? "import { randomUUID, sign } from 'node:crypto';\nimport { readFileSync } from 'node:fs';\n\n" : ''}const { ${variablesOf(request).join(', ')} } = process.env;

${jwt ? `${signing(jwt)}\n` : ''}const answer = await fetch(${typeof url === 'string' ? singleQuoted(url) : url.variable}, {
${options.join('')}});

console.log(await answer.text());
if (!answer.ok) process.exitCode = 1;
`;
}

function literal(value: Value): string {
  if (typeof value === 'string') return singleQuoted(value);
  return 'variable' in value ? value.variable : 'jwt';
}

function signing({ iss, sub, aud }: JwtClaims): string {
  return `const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = Math.floor(Date.now() / 1000);
const claims = {
  iss: ${singleQuoted(iss)},
  sub: ${singleQuoted(sub)},
  aud: ${singleQuoted(aud)},
  iat: now,
  exp: now + 60,
  jti: randomUUID(),
};
const input = \`\${part({ alg: 'RS256', typ: 'JWT' })}.\${part(claims)}\`;
const signature = sign('sha256', Buffer.from(input), readFileSync(PRIVATE_KEY_FILE, 'utf8'));
const jwt = \`\${input}.\${signature.toString('base64url')}\`;
`;
}
