/** The column `resources` of codes and authorizations: identifiers of APIs, which are URIs and so have no spaces. */
export function writeResources(resources: readonly string[] | null): string | null {
  return resources?.join(' ') ?? null;
}

/** What `writeResources` wrote; null where none were named. */
export function readResources(text: string | null): readonly string[] | null {
  return text === null ? null : text.split(' ');
}
