import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** IPv4 that leads to this machine, this network, many machines or none (RFC 6890 and IANA's registry of special-purpose addresses). */
const specialIPv4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8], // this network, and this machine
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // carrier-grade NAT
  ['127.0.0.0', 8], // loopback
  ['168.63.129.16', 32], // a public address that inside Azure is the machine's own host
  ['169.254.0.0', 16], // link-local, and where clouds tell machines their credentials
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarking
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
];

/** What is special of the addresses that are otherwise global; whatever lies outside 2000::/3 is not global to begin with. */
const specialIPv6: readonly (readonly [string, number])[] = [
  ['2001::', 23], // protocol assignments: Teredo (which holds an IPv4 address), benchmarking, ORCHID
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4, which holds an IPv4 address
  ['3fff::', 20], // documentation
];

const special = new BlockList();
for (const [network, prefix] of specialIPv4) special.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of specialIPv6) special.addSubnet(network, prefix, 'ipv6');

const globalIPv6 = new BlockList();
globalIPv6.addSubnet('2000::', 3, 'ipv6');

/** Whether an IP address is of this machine alone: 127.0.0.0/8 or ::1. */
export function isLoopbackAddress(address: string): boolean {
  return isListed(loopback, address);
}

/**
 * Whether an IP address is one of the Internet at large, as any machine anywhere may reach it. An IPv6 address is not that holds an
 * IPv4 address in it (mapped, translated, 6to4, Teredo), whatever that one is, nor is one with a zone.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 6 && !isListed(globalIPv6, address)) return false;
  return isIP(address) !== 0 && !address.includes('%') && !isListed(special, address);
}

function isListed(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && !address.includes('%') && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
}
