import { isIPv6 } from 'node:net';

const MAPPED_IPV4 = /^::ffff:(?=\d+\.)/i;
const GROUPS = 8;

/**
 * Returns what limits by address count under: an IPv4 address itself, an IPv6 address's network of 56 bits, because one
 * subscriber has at least that. An IPv4 address in IPv6 form (`::ffff:192.0.2.1`) is the IPv4 address.
 */
export function networkOf(address: string): string {
  // Node's test of an address costs more than a guard's other work.
  if (!address.includes(':') || !isIPv6(address)) return address;
  if (MAPPED_IPV4.test(address)) return address.replace(MAPPED_IPV4, '');
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const [before, after] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':'))) as [
    string[],
    string[],
  ];
  // An embedded IPv4 address ends the text and stands for two groups.
  const length = before.length + after.length + (address.includes('.') ? 1 : 0);
  const groups = [...before, ...Array.from({ length: GROUPS - length }, () => '0'), ...after];
  const [first, second, third, fourth] = groups.map((group) => Number.parseInt(group, 16));
  return `${[first, second, third, (fourth ?? 0) & 0xff00].map((group) => group?.toString(16)).join(':')}::/56`;
}
