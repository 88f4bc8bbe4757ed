import { networkOf } from './network-of';

it.each([
  ['192.0.2.1', '192.0.2.1', 'an IPv4 address counts by itself'],
  ['::ffff:192.0.2.1', '192.0.2.1', 'an IPv4 address of a socket that takes both'],
  ['2001:db8:1:2345:6:7:8:9', '2001:db8:1:2300::/56', 'an IPv6 address counts with its network'],
  ['2001:DB8:1:23ff::1', '2001:db8:1:2300::/56', 'another address of the same network'],
  ['2001:db8:1:2400::', '2001:db8:1:2400::/56', 'the next network'],
  ['2001:db8::1', '2001:db8:0:0::/56', 'zeros that the text leaves out'],
  ['fe80::1%eth0', 'fe80:0:0:0::/56', 'an address with a zone'],
  ['::1', '0:0:0:0::/56', 'loopback'],
  ['64:ff9b::192.0.2.33', '64:ff9b:0:0::/56', 'an embedded IPv4 address stands for two groups'],
  ['', '', 'a peer that is gone has no address'],
])('%s counts under %s: %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
