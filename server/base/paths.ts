/** The URL of a path on an instance; `path` begins with a slash. */
export function instanceUrl(instance: { readonly url: string }, path: string): string {
  return instance.url.replace(/\/$/, '') + path;
}
