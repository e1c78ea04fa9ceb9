import { doubleQuoted as quoted } from '../../applications/connect/snippets/quote.ts';
import type { CheckValues } from './values.ts';

/** Checks a token in Python, by PyJWT. */
export function pythonCheck({ issuer, jwksUri, audience, algorithm, typ, scope }: CheckValues): string {
  return `import os

import jwt

keys = jwt.PyJWKClient(${quoted(jwksUri)})


def verify(token, scope):
    """The claims of an access token that is good here. Raises for every other one."""
    if jwt.get_unverified_header(token).get("typ") != ${quoted(typ)}:
        raise jwt.InvalidTokenError("this is no access token")
    claims = jwt.decode(
        token,
        keys.get_signing_key_from_jwt(token).key,
        algorithms=[${quoted(algorithm)}],
        issuer=${quoted(issuer)},
        audience=${quoted(audience)},
        options={"require": ["exp", "iss", "aud", "sub", "client_id", "scope"]},
    )
    if scope not in claims["scope"].split():
        raise PermissionError(f"the token has not the scope {scope}")
    return claims


print(verify(os.environ["ACCESS_TOKEN"], ${quoted(scope)}))
`;
}
