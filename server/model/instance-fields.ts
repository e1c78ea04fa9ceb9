import type { FieldError } from '../base/refusal.ts';
import { maxNameLength, maxUrlLength } from '../base/text.ts';
import type { Kind } from './field-kinds.ts';
import { choices, integer, list, nameText, patternText, seconds } from './field-kinds.ts';
import {
  checkValues,
  type Fields,
  linesOf,
  type SettableNamedValuesOf,
  type SettableValuesOf,
  type ValuesOf,
} from './fields.ts';
import { passwordSignIns, type SignInRule } from './identity-provider.ts';
import { initialScopes, labelsOf, type Scope } from './instance.ts';
import { checkInstanceScopes, maxScopeNameLength, maxScopes } from './scopes.ts';

/** What the initial value of a field depends on. */
interface Of {
  readonly url: string;
  readonly handle: string;
}

// Domain and lane go into redirects, the customer ID into assertions: nothing in them needs encoding.
const label = patternText('^[A-Za-z0-9._-]{1,63}$');

/**
 * The fields of an instance: the one list of them, from which the REST API, the store, the audit log and the console have what they know.
 * CONTRIBUTING.md tells how one is added.
 */
export const instanceFields = {
  /** What the operator's command line calls it; unique. Some that were names before the two were told apart look otherwise. */
  handle: {
    name: 'handle',
    // What people read was here as well, before the two were told apart.
    column: 'name',
    kind: patternText(
      '^[a-z0-9][a-z0-9-]{0,62}$',
      'must be 1 to 63 of the letters a to z, digits and hyphens, and begin with a letter or digit',
    ),
    setBy: 'operator',
    description: 'What `--instance` of the command line takes. Only the command line changes it.',
  },
  /** What people read on every page. An administrator chooses it, and it may be the same as another instance's. */
  name: {
    name: 'name',
    column: 'display_name',
    kind: nameText(100),
    description: 'The name that people see on every page. It need not be unique.',
  },
  /** Public base URL and issuer identifier, byte for byte. */
  url: {
    name: 'url',
    kind: nameText(maxUrlLength),
    setBy: 'operator',
    description: 'The public base URL, which is the issuer identifier.',
  },
  /** First label of the host name unless an administrator said otherwise (Workfront profile). */
  domain: {
    name: 'domain',
    kind: label,
    initial: ({ url, handle }: Of) => labelsOf(url, handle).domain,
    description: 'The `domain` parameter of redirects in the Workfront profile.',
  },
  /** Second label of the host name unless an administrator said otherwise (Workfront profile). */
  lane: {
    name: 'lane',
    kind: label,
    initial: ({ url, handle }: Of) => labelsOf(url, handle).lane,
    description: 'The `lane` parameter of redirects in the Workfront profile.',
  },
  customerId: {
    name: 'customer_id',
    kind: patternText('^[A-Za-z0-9._:-]{1,100}$'),
    description: 'A value that is accepted as `iss` in JWT exchanges of the Workfront profile.',
  },
  maxApplications: {
    name: 'max_applications',
    kind: integer(0, 999_999),
    initial: 10,
    setBy: 'operator',
    description: 'How many applications the instance may have. Only the command line changes it.',
  },
  /** Seconds in which the refresh token spent last still gives its successor. */
  refreshTokenGrace: {
    name: 'refresh_token_grace',
    kind: seconds(0, 60),
    initial: 10,
    description:
      'For how many seconds after a refresh the replaced token returns the same successor again. `0` allows a single use only.',
  },
  /** Seconds that an authorization code lives. */
  authorizationCodeLifetime: {
    name: 'authorization_code_lifetime',
    kind: seconds(30, 120),
    initial: 120,
    description: 'How long an authorization code is valid, in seconds.',
  },
  scopes: {
    name: 'scopes',
    kind: list<Scope>(
      {
        sent: scopeSchema(['name', 'description'], 1),
        shown: scopeSchema(['name', 'description', 'default']),
      },
      { maxItems: maxScopes },
    ),
    initial: initialScopes,
    check: checkInstanceScopes,
    description:
      'All scopes of the instance. `admin` cannot be removed; `openid`, `profile`, `email` and `offline_access` are built in and not listed.',
  },
  signIn: {
    name: 'sign_in',
    kind: choices({ password: passwordSignIns }) satisfies Kind<SignInRule>,
    initial: { password: 'everybody' },
    description:
      'By what people sign in besides identity providers. `password` says who may use one: `everybody`, `administrators` or `nobody`. The command line always gives it back.',
  },
} as const satisfies Fields<Of>;

/** The table's lines in its order. */
export const instanceFieldLines = linesOf<typeof instanceFields, Of>(instanceFields);
/** Those that administrators set. */
export const settableInstanceFieldLines = instanceFieldLines.filter(({ setBy }) => setBy === undefined);

/** What a field is called in the REST API. */
export type InstanceFieldName = (typeof instanceFields)[keyof typeof instanceFields]['name'];

/** What an administrator can change of the instance; the operator's command line changes the rest. */
export type InstanceFields = Partial<SettableValuesOf<typeof instanceFields>>;
/** The same, as the REST API calls them. */
export type NamedInstanceFields = SettableNamedValuesOf<typeof instanceFields>;

/** What is wrong with the fields that are given, those of the operator too. @returns nothing when they can be taken */
export function checkInstanceFields(fields: Partial<ValuesOf<typeof instanceFields>>): FieldError[] {
  return checkValues(instanceFieldLines, fields, { url: '', handle: '' });
}

function scopeSchema(required: readonly string[], minLength?: number) {
  const text = (maxLength: number) => ({
    type: 'string',
    ...(minLength !== undefined && { minLength, maxLength }),
  });
  return {
    type: 'object',
    required,
    properties: {
      name: text(maxScopeNameLength),
      description: { ...text(maxNameLength), description: 'What people read on the consent page.' },
      default: {
        type: 'boolean',
        description: 'Whether the scope is granted when a request names none. `false` if omitted.',
      },
    },
    ...(minLength !== undefined && { additionalProperties: false }),
  };
}
