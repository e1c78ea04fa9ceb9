/**
 * What counts as one place when somebody tries again and again: an IPv4 address, or the /64 that whoever has an IPv6
 * address has all of.
 * @param address as the request came from it, or as a proxy forwarded it
 */
export function networkOf(address: string): string {
  const ip = withoutPort(address);
  if (!ip.includes(':') || !URL.canParse(`http://[${ip}]`)) return ip;
  const canonical = new URL(`http://[${ip}]`).hostname.slice(1, -1);
  if (canonical.startsWith('::ffff:')) return canonical;
  const [before = '', after] = canonical.split('::');
  const groups = before === '' ? [] : before.split(':');
  const tail = after ? after.split(':').length : 0;
  while (after !== undefined && groups.length + tail < 8) groups.push('0');
  return `${groups.slice(0, 4).join(':')}::/64`;
}

/** Some proxies add the port to an address that they forward, as `192.0.2.1:443` or `[2001:db8::1]:443`. */
function withoutPort(address: string): string {
  const [, v4, v6] = /^(?:([\d.]+):\d+|\[([^\]]+)\](?::\d+)?)$/.exec(address) ?? [];
  return v4 ?? v6 ?? address;
}
