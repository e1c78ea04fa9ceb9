import type { FieldError } from '../base/refusal.ts';
import { checkInteger, checkName } from '../base/text.ts';
import type { Instance } from './instance.ts';
import { checkInstanceScopes } from './scopes.ts';

/** What an administrator can change of the instance; the operator's command line changes the rest. */
export type InstanceFields = Partial<
  Pick<
    Instance,
    'name' | 'domain' | 'lane' | 'customerId' | 'refreshTokenGrace' | 'authorizationCodeLifetime' | 'scopes'
  >
>;

export const maxInstanceNameLength = 100;
export const graceRange = [0, 60] as const;
export const codeLifetimeRange = [30, 120] as const;
/** Domain and lane go into redirects, the customer ID into assertions: nothing in them needs encoding. */
export const labelPattern = '^[A-Za-z0-9._-]{1,63}$';
export const customerIdPattern = '^[A-Za-z0-9._:-]{1,100}$';

/** What is wrong with the fields that are given. @returns nothing when they can be taken */
export function checkInstanceFields(fields: InstanceFields): FieldError[] {
  const problems: Record<string, string | null> = {
    name: fields.name === undefined ? null : checkName(fields.name, maxInstanceNameLength),
    domain: checkPattern(fields.domain, labelPattern),
    lane: checkPattern(fields.lane, labelPattern),
    customer_id: checkPattern(fields.customerId, customerIdPattern),
    refresh_token_grace:
      fields.refreshTokenGrace === undefined ? null : checkInteger(fields.refreshTokenGrace, ...graceRange),
    authorization_code_lifetime:
      fields.authorizationCodeLifetime === undefined
        ? null
        : checkInteger(fields.authorizationCodeLifetime, ...codeLifetimeRange),
  };
  const errors = Object.entries(problems).flatMap(([path, message]) => (message ? [{ path, message }] : []));
  return [...errors, ...(fields.scopes ? checkInstanceScopes(fields.scopes) : [])];
}

function checkPattern(text: string | undefined, pattern: string): string | null {
  return text === undefined || new RegExp(pattern).test(text) ? null : `must match ${pattern}`;
}
