/** The parameters of an authorization answer (RFC 6749 4.1.2, RFC 9207, and those of the Workfront profile). */
export const callbackParameters = [
  'code',
  'state',
  'iss',
  'domain',
  'lane',
  'error',
  'error_description',
] as const;
export type Callback = Partial<Readonly<Record<(typeof callbackParameters)[number], string>>>;

/** Reads an authorization answer; parameters that came twice or are too long count as missing. */
export function readCallback(query: URLSearchParams): Callback {
  return Object.fromEntries(
    callbackParameters.flatMap((name) => {
      const [value, another] = query.getAll(name);
      return value === undefined || another !== undefined || value.length > 2_000 ? [] : [[name, value]];
    }),
  );
}
