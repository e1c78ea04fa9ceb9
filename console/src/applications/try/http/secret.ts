/** What nobody should read over a shoulder: parameters and members by their names. */
const secretNames = new Set([
  'access_token',
  'assertion',
  'Authorization',
  'client_assertion',
  'client_secret',
  'code',
  'code_verifier',
  'id_token',
  'jwt_token',
  'refresh_token',
  'token',
]);

export function isSecret(name: string): boolean {
  return secretNames.has(name);
}

const dots = '••••••••';

/** A value made unreadable. Long ones keep both ends, so that two can be told apart. */
export function masked(value: string): string {
  if (value === '') return '';
  return value.length > 24 ? `${value.slice(0, 4)}${dots}${value.slice(-4)}` : dots;
}
