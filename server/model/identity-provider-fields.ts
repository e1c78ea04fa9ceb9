import type { FieldError } from '../base/refusal.ts';
import { maxUrlLength } from '../base/text.ts';
import { choice, flag, type Kind, list, nameText, webUrl } from './field-kinds.ts';
import { checkValues, type Fields, linesOf, type SettableValuesOf } from './fields.ts';
import {
  type ClaimMapping,
  type HandoverSettings,
  type IdentityProvider,
  type ProviderType,
  providerTypes,
  provisionings,
} from './identity-provider.ts';
import {
  checkAlternatives,
  checkClaimMapping,
  checkClientId,
  checkEmailDomains,
  checkIssuer,
  checkJwks,
  checkLoginUrl,
  checkMetadata,
  checkOidcScopes,
  maxClaimNameLength,
  maxCopiedClaims,
  maxEmailDomains,
  maxMetadataLength,
  maxOidcScopes,
  maxRoleValues,
} from './identity-provider-rules.ts';
import { checkCalledUri } from './redirect-uri.ts';

/** What a field depends on. */
interface Of {
  readonly type: ProviderType;
}

const claimName = { type: 'string', minLength: 1, maxLength: maxClaimNameLength } as const;
const claimMapping: Kind<ClaimMapping> = {
  control: 'own',
  sent: {
    type: 'object',
    properties: {
      subject: claimName,
      email: claimName,
      name: claimName,
      locale: claimName,
      administrator: {
        type: 'object',
        required: ['claim', 'values'],
        properties: {
          claim: claimName,
          values: { type: 'array', items: claimName, minItems: 1, maxItems: maxRoleValues },
        },
        additionalProperties: false,
      },
      copy: { type: 'array', items: claimName, maxItems: maxCopiedClaims },
    },
    additionalProperties: false,
  },
  shown: { type: 'object', additionalProperties: true },
  stored: 'json',
  check: () => null,
};

const keySet: Kind<HandoverSettings['jwks']> = {
  control: 'own',
  sent: { type: ['object', 'null'] },
  shown: { type: ['object', 'null'], additionalProperties: true },
  stored: 'json',
  check: () => null,
};

const metadataText: Kind<string | null> = {
  control: 'own',
  sent: { type: ['string', 'null'], maxLength: maxMetadataLength },
  shown: { type: ['string', 'null'] },
  stored: 'as_is',
  check: () => null,
};

const requiredUrl: Kind<string> = { ...nameText(maxUrlLength), control: 'url' };

/**
 * The fields of identity providers: the one list of them, from which the REST API, the audit log and the console have what they know. `types`
 * have the field, the others refuse it. Those that not every type has are what is stored of its settings. The client secret is none of
 * them, since nobody is shown it.
 */
export const providerFields = {
  name: {
    name: 'name',
    types: providerTypes,
    kind: nameText(100),
    description: 'What people read on its button.',
  },
  enabled: {
    name: 'enabled',
    types: providerTypes,
    kind: flag,
    initial: true,
    description: 'Whether people can sign in by it.',
  },
  emailDomains: {
    name: 'email_domains',
    types: providerTypes,
    kind: list<string>(
      { sent: { type: 'string', maxLength: 255 }, shown: { type: 'string' } },
      { maxItems: maxEmailDomains },
    ),
    initial: [],
    check: checkEmailDomains,
    description:
      'Whoever enters an email address of one of these domains is led there. A domain belongs to one provider of the instance.',
  },
  provisioning: {
    name: 'provisioning',
    types: providerTypes,
    kind: choice(provisionings),
    initial: 'create',
    description:
      'What becomes of people whom nobody knows here: `create` makes an account for them, `existing` turns them away.',
  },
  trustsEmail: {
    name: 'trusts_email',
    types: providerTypes,
    kind: flag,
    initial: false,
    description:
      'Whether an email address that the provider calls verified leads to the user who has it here, verified too. Administrators are asked for their password first.',
  },
  isDefault: {
    name: 'default',
    types: providerTypes,
    kind: flag,
    initial: false,
    description:
      'Whether people are led there at once who have no other way to sign in. One provider has it: giving it to one takes it from the others.',
  },
  claims: {
    name: 'claims',
    types: providerTypes,
    kind: claimMapping,
    initial: { copy: [] },
    check: checkClaimMapping,
    description:
      'Which claims of the provider say what of a user: names of claims in `subject`, `email`, `name` and `locale`; `administrator`: `{claim, values}`, whoever has one of the values there is an administrator; `copy`: those that become claims of the user.',
  },
  issuer: {
    name: 'issuer',
    types: ['oidc', 'handover'],
    kind: nameText(maxUrlLength),
    check: checkIssuer,
    description:
      'For `oidc` the issuer identifier, below which its configuration is found: `https`, or `http` on a loopback host. For `handover` the `iss` of its JWTs.',
  },
  client_id: {
    name: 'client_id',
    types: ['oidc'],
    kind: nameText(255),
    check: checkClientId,
    description: 'What the provider calls this instance.',
  },
  scopes: {
    name: 'scopes',
    types: ['oidc'],
    kind: list<string>(
      { sent: { type: 'string', maxLength: 255 }, shown: { type: 'string' } },
      { minItems: 1, maxItems: maxOidcScopes },
    ),
    initial: ['openid', 'profile', 'email'],
    check: checkOidcScopes,
    description: 'What the provider is asked for; `openid` is among them.',
  },
  metadata: {
    name: 'metadata',
    types: ['saml'],
    kind: metadataText,
    initial: null,
    check: checkMetadata,
    description: 'The metadata of the provider, an XML document; or `metadata_url`.',
  },
  metadata_url: {
    name: 'metadata_url',
    types: ['saml'],
    kind: webUrl,
    initial: null,
    check: (url: string | null) => (url ? checkCalledUri(url) : null),
    description: 'Where the metadata of the provider is: `https`, or `http` on a loopback host.',
  },
  allow_unsolicited: {
    name: 'allow_unsolicited',
    types: ['saml'],
    kind: flag,
    initial: false,
    description: 'Whether people may arrive who were not sent there from here.',
  },
  login_url: {
    name: 'login_url',
    types: ['handover'],
    kind: requiredUrl,
    check: checkLoginUrl,
    description:
      'Where the browser is sent: a page of the product. `https`, or `http` on a loopback host; a query of its own stays.',
  },
  jwks: {
    name: 'jwks',
    types: ['handover'],
    kind: keySet,
    initial: null,
    check: checkJwks,
    description: 'The public keys that its JWTs are signed with, a JSON Web Key Set; or `jwks_uri`.',
  },
  jwks_uri: {
    name: 'jwks_uri',
    types: ['handover'],
    kind: webUrl,
    initial: null,
    check: (url: string | null) => (url ? checkCalledUri(url) : null),
    description: 'Where these keys are published: `https`, or `http` on a loopback host.',
  },
} as const satisfies Fields<Of> & Record<string, { types: readonly ProviderType[] }>;

/** The values of all fields, those of each type side by side. */
export type ProviderValues = SettableValuesOf<typeof providerFields>;
/** What a field is called in the REST API. */
export type ProviderFieldName = (typeof providerFields)[keyof typeof providerFields]['name'];

/** The table's lines in its order. */
export const providerFieldLines = linesOf<typeof providerFields, Of>(providerFields);

const typesOfName: ReadonlyMap<string, readonly ProviderType[]> = new Map<string, readonly ProviderType[]>([
  ...Object.values(providerFields).map(({ name, types }) => [name, types] as const),
  ['client_secret', ['oidc']],
]);

/** Whether providers of a type have a field, by its name in the REST API; what is no field at all is somebody else's matter. */
export function providerTypeHas(type: ProviderType, name: string): boolean {
  return typesOfName.get(name)?.includes(type) ?? true;
}

const settingsNames: ReadonlySet<string> = new Set(
  Object.entries(providerFields)
    .filter(([, { types }]) => types !== providerTypes)
    .map(([property]) => property),
);

/** The values of the fields of a provider's type. */
export function providerValues({ settings, ...provider }: IdentityProvider): Partial<ProviderValues> {
  const all: Partial<ProviderValues> = { ...provider, ...settings };
  const lines = linesOfProviderType(provider.type);
  return Object.fromEntries(lines.map(({ property }) => [property, all[property]]));
}

/** A provider with other values. @param values those of all fields of its type, as `checkProvider` found nothing wrong with them */
export function withProviderValues(
  provider: Pick<IdentityProvider, Exclude<keyof IdentityProvider, keyof ProviderValues | 'settings'>>,
  values: Partial<ProviderValues>,
): IdentityProvider {
  const lines = linesOfProviderType(provider.type);
  const pick = (areSettings: boolean) =>
    Object.fromEntries(
      lines
        .filter(({ property }) => settingsNames.has(property) === areSettings)
        .map(({ property }) => [property, values[property]]),
    );
  return { ...provider, ...pick(false), settings: pick(true) } as unknown as IdentityProvider;
}

/**
 * What is wrong with a whole provider: what each field holds, what is missing, and what cannot go together.
 * @param values of the fields of its type; nothing else is looked at
 */
export function checkProvider(type: ProviderType, values: Partial<ProviderValues>): FieldError[] {
  const lines = linesOfProviderType(type);
  const missing = lines
    .filter(({ property, initial }) => initial === undefined && values[property] === undefined)
    .map(({ name }) => ({ path: name, message: 'is required' }));
  return [...missing, ...checkValues(lines, values, { type }), ...checkAlternatives(type, values)];
}

/** The lines of the fields that providers of this type have. */
export function linesOfProviderType(type: ProviderType) {
  return providerFieldLines.filter(({ name }) => providerTypeHas(type, name));
}
