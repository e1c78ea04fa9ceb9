import { singleQuoted as quoted } from '../../applications/connect/snippets/quote.ts';
import type { CheckValues } from './values.ts';

/** Checks a token in Node.js, by jose. */
export function nodeCheck({ issuer, jwksUri, audience, algorithm, typ, scope }: CheckValues): string {
  return `import { createRemoteJWKSet, jwtVerify } from 'jose';

const keys = createRemoteJWKSet(new URL(${quoted(jwksUri)}));

/** The claims of an access token that is good here. Throws for every other one. */
export async function verify(token, scope) {
  const { payload } = await jwtVerify(token, keys, {
    issuer: ${quoted(issuer)},
    audience: ${quoted(audience)},
    algorithms: [${quoted(algorithm)}],
    typ: ${quoted(typ)},
    requiredClaims: ['exp', 'sub', 'client_id', 'scope'],
  });
  if (!payload.scope.split(' ').includes(scope)) throw new Error(\`the token has not the scope \${scope}\`);
  return payload;
}

console.log(await verify(process.env.ACCESS_TOKEN, ${quoted(scope)}));
`;
}
