import { z } from 'zod';
import { egressLocalSettings, parseAllowedNetworks } from '../../src/domain/egress/egress-policy';
import { parseIpAddress } from '../../src/domain/egress/ip-address';
import type { Variable } from './variable';
import { port, urlOf } from './variable-types';

const NAME_SERVER = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/;

/** Returns true for what Node takes: an address, or an address and a port, where an IPv6 address is in brackets. */
function isNameServer(text: string): boolean {
  const [, version6, version4, portText = '53'] = NAME_SERVER.exec(text) ?? [];
  const serverPort = Number(portText);
  const isPort = serverPort >= 1 && serverPort <= 65_535;
  return parseIpAddress(text) !== null || (isPort && parseIpAddress(version6 ?? version4 ?? '') !== null);
}

const listOf = (text: string): string[] => text.split(',').flatMap((entry) => entry.trim() || []);

/** The URLs of others, such as those of images, that the platform calls. */
export const egressVariables = {
  EGRESS_LOCAL: {
    group: 'URLs of others',
    default: 'none',
    type: z.enum(egressLocalSettings),
    allowed: 'none or sandbox',
    meaning:
      "sandbox lets sandbox tenants have http and https URLs at this machine's own addresses, except the ports of " +
      'the platform and its servers; for development alone, so LIVE_GATEWAY and a public PUBLIC_URL refuse it',
  },
  EGRESS_OWN_PORTS: {
    group: 'URLs of others',
    default: '',
    type: z.string().transform(listOf).pipe(z.array(port)),
    allowed: 'a comma list of ports',
    meaning:
      'Ports of this machine that EGRESS_LOCAL leaves out besides those in the other variables, such as that of the ' +
      "inbox's page; npm start sets it",
  },
  EGRESS_ALLOW: {
    group: 'URLs of others',
    default: '',
    type: z.string().transform((list, context) => {
      const networks = parseAllowedNetworks(list);
      if (networks !== null) return networks;
      context.addIssue({ code: 'custom' });
      return z.NEVER;
    }),
    allowed:
      'a comma list of range:port, such as 10.1.0.0/16:443,[fd12::/16]:8443; ' +
      'no link-local addresses, and no IPv4 inside IPv6',
    meaning: 'Networks of your own that URLs of every tenant may lead to',
  },
  EGRESS_DNS_SERVERS: {
    group: 'URLs of others',
    default: '',
    type: z
      .string()
      .transform(listOf)
      .refine((servers) => servers.every(isNameServer)),
    allowed: 'a comma list of addresses, each with a port from 1 to 65535 or without',
    meaning: "Name servers for the hosts of such URLs; default: the system's",
  },
  EGRESS_PROXY_URL: {
    group: 'URLs of others',
    default: null,
    type: urlOf('http', 'https'),
    allowed: 'an http or https URL',
    meaning:
      'Proxy for such URLs, which is told the address to connect to (CONNECT); HTTP_PROXY and its like are ignored',
    secret: true,
  },
} as const satisfies Record<string, Variable>;
