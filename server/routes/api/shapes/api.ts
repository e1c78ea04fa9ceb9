import type { Static } from 'typebox';
import { toRfc3339 } from '../../../base/units.ts';
import { type Api, tokenTypes } from '../../../model/api.ts';
import { maxScopeNameLength } from '../../../model/scopes.ts';
import { signingAlgorithms } from '../../../model/signing-algorithm.ts';
import { locales } from '../../../model/user.ts';
import { IdText, time } from '../http/schema.ts';
import Type from '../http/schema-builders.ts';
import { nullable, oneOf } from '../http/validation.ts';

const Descriptions = Type.Object(
  Object.fromEntries(locales.map((locale) => [locale, Type.Optional(Type.String())])),
  { additionalProperties: false, description: 'The description in other languages, by language tag.' },
);
const claims = Type.Array(Type.String(), {
  description: 'The names of claims of the user that tokens with this scope, and userinfo, carry.',
});
const whatPeopleRead = 'What people read on the consent page.';
const isDefault = 'Whether the scope is granted when a request names the API and no scope.';

const ApiScopeSchema = Type.Object({
  name: Type.String(),
  description: Type.String({ description: whatPeopleRead }),
  descriptions: Descriptions,
  default: Type.Boolean({ description: isDefault }),
  claims,
});

/** A scope as a request may send it. */
export const ApiScopeBody = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: maxScopeNameLength }),
    description: Type.String({ minLength: 1, maxLength: 200, description: whatPeopleRead }),
    descriptions: Type.Optional(Descriptions),
    default: Type.Optional(Type.Boolean({ description: `${isDefault} \`false\` if omitted.` })),
    claims: Type.Optional(claims),
  },
  { additionalProperties: false },
);

const lifetime = {
  description:
    'Seconds that access tokens live; `null`: as long as the application has it. The shorter of the two counts.',
};
const signingAlg = {
  description:
    'By which algorithm access tokens are signed. `RS256` is for resource servers that take nothing else.',
};
const tokenTyp = { description: 'The `typ` in the header of access tokens: `at+jwt` is that of RFC 9068.' };

/** What a request may set besides name and identifier. */
export const apiTokenFields = {
  access_token_lifetime: Type.Optional(nullable<number>({ type: 'integer', ...lifetime })),
  signing_alg: Type.Optional(oneOf(signingAlgorithms, signingAlg)),
  token_typ: Type.Optional(oneOf(tokenTypes, tokenTyp)),
};

export const ApiSchema = Type.Object(
  {
    id: IdText('The ID of the API.'),
    identifier: Type.String({
      description:
        'What requests name it by (`resource`, RFC 8707), and `aud` of its tokens. It never changes.',
    }),
    name: Type.String(),
    is_default: Type.Boolean({
      description: 'Whether it is the instance itself, whose tokens the REST API takes.',
    }),
    scopes: Type.Array(ApiScopeSchema),
    access_token_lifetime: nullable<number>({ type: 'integer', ...lifetime }),
    signing_alg: oneOf(signingAlgorithms, signingAlg),
    token_typ: oneOf(tokenTypes, tokenTyp),
    created_at: time('When the API was added.'),
    updated_at: time('When a field was last changed.'),
  },
  { $id: 'Api' },
);

export type ApiView = Static<typeof ApiSchema>;

export function presentApi(api: Api): ApiView {
  return {
    id: api.id,
    identifier: api.identifier,
    name: api.name,
    is_default: api.isDefault,
    scopes: api.scopes.map((scope) => ({
      name: scope.name,
      description: scope.description,
      descriptions: scope.descriptions ?? {},
      default: scope.default,
      claims: [...(scope.claims ?? [])],
    })),
    access_token_lifetime: api.accessTokenLifetime,
    signing_alg: api.signingAlg,
    token_typ: api.tokenTyp,
    created_at: toRfc3339(api.createdAt),
    updated_at: toRfc3339(api.updatedAt),
  };
}
