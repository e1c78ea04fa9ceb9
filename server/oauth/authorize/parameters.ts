import { sha256 } from '../../base/master-secret.ts';
import { type Form, repeatable } from '../parameters.ts';
import type { Profile } from '../profile.ts';

/** The parameters that an authorization request may have (RFC 6749 4.1.1, 7636 4.3, OpenID Connect 3.1.2.1). Others are ignored. */
const parameterNames = [
  'client_id',
  'redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
  'prompt',
  'max_age',
  'login_hint',
  'ui_locales',
  'nonce',
  'id_token_hint',
  'claims',
  'acr_values',
  'request',
  'request_uri',
] as const;
export type ParameterName = (typeof parameterNames)[number];

/**
 * What a client asked for, as it asked: this travels from step to step, and each step draws its conclusions anew. What was allowed a
 * minute ago may not be any more.
 */
export interface Parameters {
  readonly values: Readonly<Partial<Record<ParameterName, string>>>;
  /** The APIs that access tokens are to be for (`resource`, RFC 8707 2), as they were named; none where they were not. */
  readonly resources: readonly string[];
  /** Those that came more than once and may not, known or unknown (RFC 6749 3.1). */
  readonly repeated: ReadonlySet<string>;
  /** What stands for the request where its client pushed it (RFC 9126), sealed; null where it came as it is. */
  readonly pushed: string | null;
}

/** The parameters of a query or a form. */
export function parametersOf(form: Form): Parameters {
  const values: Partial<Record<ParameterName, string>> = {};
  for (const name of parameterNames) {
    const value = form.get(name);
    if (value !== undefined) values[name] = value;
  }
  const repeated = new Set([...form.allRepeated()].filter((name) => !repeatable.includes(name)));
  return { values, resources: form.all('resource'), repeated, pushed: null };
}

/** The same request as a query. */
export function queryOf({ values, resources, pushed }: Omit<Parameters, 'repeated'>): URLSearchParams {
  if (pushed !== null) return new URLSearchParams({ pushed });
  const named = resources.map((resource): [string, string] => ['resource', resource]);
  return new URLSearchParams([...Object.entries(values), ...named]);
}

/**
 * What a request is told from others by, whatever language its pages are in: 32 bytes.
 * @param profile the front door that it came through
 */
export function digestOf(
  profile: Profile,
  { values, resources }: Pick<Parameters, 'values' | 'resources'>,
): Buffer {
  const told = parameterNames.filter((name) => name !== 'ui_locales').map((name) => values[name] ?? null);
  return sha256(JSON.stringify([profile, ...told, ...resources]));
}
