import type { Mode } from '../tenant';
import { ipv4Mapped, linkLocalRanges } from './address-ranges';
import { doRangesMeet, isInRange, parseIpRange, type IpRange } from './ip-address';
import { isAllowedPort } from './ports';

export const egressLocalSettings = ['none', 'sandbox'] as const;

/** A network of whoever runs the platform that every tenant's URLs may lead to, at one port. */
export interface AllowedNetwork {
  range: IpRange;
  port: number;
}

/** Rules of whoever runs the platform about the URLs that it calls for others. */
export interface EgressPolicy {
  /** `sandbox`: sandbox tenants may use plain http to this machine. */
  local: (typeof egressLocalSettings)[number];
  /** Ports of this machine at which the platform's own processes and servers listen; refused there. */
  ownPorts: readonly number[];
  allow: readonly AllowedNetwork[];
}

/** Returns true when the tenants of the mode may use this machine's addresses. */
export const isLoopbackAllowed = ({ local }: EgressPolicy, mode: Mode): boolean =>
  local === 'sandbox' && mode === 'sandbox';

/**
 * Returns the networks of a comma list of range:port, such as `10.1.0.0/16:443,[fd12::/16]:8443`; null for any other
 * text, a port that no URL may have, a range that has a link-local address, and IPv4 written as IPv6.
 */
export function parseAllowedNetworks(list: string): AllowedNetwork[] | null {
  const entries = list.split(',').flatMap((entry) => (entry.trim() === '' ? [] : [parseEntry(entry.trim())]));
  const networks = entries.filter((entry) => entry !== null);
  return networks.length === entries.length ? networks : null;
}

function parseEntry(entry: string): AllowedNetwork | null {
  const [, version6, version4, portText] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(entry) ?? [];
  const range = parseIpRange(version6 ?? version4 ?? '');
  const port = Number(portText);
  if (range === null || !isAllowedPort(port)) return null;
  // IPv4 inside IPv6 is judged as IPv4, so that such a range would never have an address.
  if (range.bits >= ipv4Mapped.bits && isInRange(range, ipv4Mapped)) return null;
  return linkLocalRanges.some((linkLocal) => doRangesMeet(range, linkLocal)) ? null : { range, port };
}
