import type { Mode } from '../tenant';
import * as ranges from './address-ranges';
import { isLoopbackAllowed, type EgressPolicy } from './egress-policy';
import { isInRange, lastFourBytes, parseIpAddress, type IpAddress, type IpRange } from './ip-address';

export interface JudgeAddressInput {
  /** As DNS or a URL writes it, an IPv6 address without brackets. */
  address: string;
  port: number;
  /** The mode of the tenant whose URL it is. */
  mode: Mode;
  policy: EgressPolicy;
}

/**
 * Returns true when a URL of a tenant may lead to the address. Everything is refused that is not known to be public,
 * and an IPv6 address that carries an IPv4 address is judged by it or refused.
 */
export function isAddressAllowed({ address: text, port, mode, policy }: JudgeAddressInput): boolean {
  const parsed = parseIpAddress(text);
  if (parsed === null) return false;
  const address = isInRange(parsed, ranges.ipv4Mapped) ? lastFourBytes(parsed) : parsed;
  if (isNeverAllowed(address)) return false;
  if (policy.allow.some((network) => network.port === port && isInRange(address, network.range))) return true;
  if (isInAny(address, ranges.loopbackRanges))
    return isLoopbackAllowed(policy, mode) && !policy.ownPorts.includes(port);
  return isPublic(address);
}

/** Link-local addresses and metadata, also behind a NAT64 gateway: no setting allows them. */
function isNeverAllowed(address: IpAddress): boolean {
  const isCarrier = isInAny(address, [ranges.nat64, ranges.localNat64]);
  return [address, ...(isCarrier ? [lastFourBytes(address)] : [])].some(
    (each) => isInAny(each, ranges.linkLocalRanges) || isInAny(each, ranges.metadataRanges),
  );
}

/** Returns true when the address is one of this machine's own: 127.0.0.0/8, ::1, or one of them inside IPv6. */
export function isLoopback(text: string): boolean {
  const parsed = parseIpAddress(text);
  if (parsed === null) return false;
  const address = isInRange(parsed, ranges.ipv4Mapped) ? lastFourBytes(parsed) : parsed;
  return isInAny(address, ranges.loopbackRanges);
}

function isPublic(address: IpAddress): boolean {
  if (address.version === 4) return !isInAny(address, ranges.specialRangesOfVersion4);
  if (isInRange(address, ranges.nat64)) return isPublic(lastFourBytes(address));
  return (
    isInRange(address, ranges.globalUnicast) && !isInAny(address, ranges.specialRangesOfVersion6) && !isIsatap(address)
  );
}

/** RFC 5214: an interface identifier of 0000:5efe or 0200:5efe and an IPv4 address, under any prefix. */
function isIsatap({ value }: IpAddress): boolean {
  const marker = (value >> 32n) & 0xffff_ffffn;
  return marker === 0x0000_5efen || marker === 0x0200_5efen;
}

const isInAny = (address: IpAddress, among: readonly IpRange[]): boolean =>
  among.some((range) => isInRange(address, range));
