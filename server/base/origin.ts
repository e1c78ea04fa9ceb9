/** `localhost` and what is under it, 127.0.0.0/8 and [::1]. */
export function isLoopbackHost(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  );
}

/** Whether a host of a URL, in lower case, can come in a request: browsers send names with an underscore too, which DNS knows. */
export function isHostname(hostname: string): boolean {
  return /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/.test(hostname);
}
