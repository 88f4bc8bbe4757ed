import { parseIpRange, type IpRange } from './ip-address';

const rangesOf = (texts: readonly string[]): IpRange[] =>
  texts.map((text) => {
    const range = parseIpRange(text);
    if (range === null) throw new Error(`${text} is no range of addresses`);
    return range;
  });

/** RFC 1122, RFC 4291: this machine. */
export const loopbackRanges = rangesOf(['127.0.0.0/8', '::1/128']);

/** RFC 3927, RFC 4291: the same wire, where clouds serve the credentials of a machine. */
export const linkLocalRanges = rangesOf(['169.254.0.0/16', 'fe80::/10']);

/** Addresses outside the link-local ranges at which clouds serve a machine's metadata or credentials. */
export const metadataRanges = rangesOf([
  '100.100.100.200/32', // Alibaba Cloud
  '168.63.129.16/32', // Azure, a public address that only its own machines reach
  '192.0.0.192/32', // Oracle Cloud
  'fd00:ec2::/32', // Amazon EC2: instance data, DNS and time
  'fd20:ce::254/128', // Google Cloud
]);

/**
 * IPv4 that does not lead to a server of the public internet. IANA IPv4 Special-Purpose Address Registry
 * (https://www.iana.org/assignments/iana-ipv4-special-registry), all entries, and RFC 5771 for multicast.
 */
export const specialRangesOfVersion4 = rangesOf([
  '0.0.0.0/8', // RFC 791: this network; an operating system takes 0.0.0.0 for itself
  '10.0.0.0/8', // RFC 1918: private
  '100.64.0.0/10', // RFC 6598: shared by customers of a provider
  '127.0.0.0/8', // RFC 1122: loopback
  '169.254.0.0/16', // RFC 3927: link-local
  '172.16.0.0/12', // RFC 1918: private
  '192.0.0.0/24', // RFC 6890: protocol assignments
  '192.0.2.0/24', // RFC 5737: documentation
  '192.31.196.0/24', // RFC 7535: AS112, answers about private addresses
  '192.52.193.0/24', // RFC 7450: multicast tunnels
  '192.88.99.0/24', // RFC 7526: 6to4 relays, deprecated
  '192.168.0.0/16', // RFC 1918: private
  '192.175.48.0/24', // RFC 7534: AS112
  '198.18.0.0/15', // RFC 2544: benchmarks
  '198.51.100.0/24', // RFC 5737: documentation
  '203.0.113.0/24', // RFC 5737: documentation
  '224.0.0.0/4', // RFC 5771: multicast
  '240.0.0.0/4', // RFC 1112: reserved, and RFC 919: broadcast
]);

/**
 * The only IPv6 that IANA has given out for the public internet (RFC 4291, IANA IPv6 Global Unicast Address
 * Assignments). All other forms are outside: `::` and IPv4-compatible, IPv4-translated, unique local `fc00::/7`,
 * link-local, site-local, multicast, `100::/64` (discard), `64:ff9b:1::/48` (local NAT64), `5f00::/16` (segment
 * routing).
 */
export const [globalUnicast] = rangesOf(['2000::/3']) as [IpRange];

/**
 * Parts of global unicast that do not lead to a server of the public internet. IANA IPv6 Special-Purpose Address
 * Registry (https://www.iana.org/assignments/iana-ipv6-special-registry).
 */
export const specialRangesOfVersion6 = rangesOf([
  '2001::/23', // RFC 2928: protocol assignments, among them Teredo 2001::/32, which carries IPv4 addresses
  '2001:db8::/32', // RFC 3849: documentation
  '2002::/16', // RFC 3056: 6to4, which carries an IPv4 address
  '2620:4f:8000::/48', // RFC 7534: AS112
  '3fff::/20', // RFC 9637: documentation
]);

/** RFC 4291, section 2.5.5.2: an IPv4 address that the operating system connects to as such. */
export const [ipv4Mapped] = rangesOf(['::ffff:0:0/96']) as [IpRange];

/** RFC 6052: a NAT64 gateway connects to the IPv4 address at the end. */
export const [nat64] = rangesOf(['64:ff9b::/96']) as [IpRange];

/** RFC 8215: prefixes for NAT64 gateways of a network's own, which is why none of it is public. */
export const [localNat64] = rangesOf(['64:ff9b:1::/48']) as [IpRange];
