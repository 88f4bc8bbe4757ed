/** An IP address as a number: of 32 bits in version 4, of 128 in version 6. */
export interface IpAddress {
  version: 4 | 6;
  value: bigint;
}

/** The addresses whose first `bits` bits are those of `value`. */
export interface IpRange extends IpAddress {
  bits: number;
}

const SIZES = { 4: 32, 6: 128 } as const;

/** Returns the address in the notations that the URL standard and DNS write (RFC 5952); null for any other text. */
export function parseIpAddress(text: string): IpAddress | null {
  const value = text.includes(':') ? valueOfVersion6(text) : valueOfVersion4(text);
  return value === null ? null : { version: text.includes(':') ? 6 : 4, value };
}

const DECIMAL_BYTE = /^(0|[1-9]\d{0,2})$/;

function valueOfVersion4(text: string): bigint | null {
  const bytes = text.split('.');
  if (bytes.length !== 4 || !bytes.every((byte) => DECIMAL_BYTE.test(byte) && Number(byte) <= 255)) return null;
  return joined(bytes.map(Number), 8);
}

const HEX_GROUP = /^[\da-f]{1,4}$/i;
const GROUPS = 8;

function valueOfVersion6(text: string): bigint | null {
  const halves = withHexTail(text)?.split('::') ?? [];
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  if (halves.length === 0 || halves.length > 2 || ![...head, ...tail].every((group) => HEX_GROUP.test(group)))
    return null;
  const missing = GROUPS - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const groups = [...head, ...Array<string>(missing).fill('0'), ...tail];
  return joined(
    groups.map((group) => Number.parseInt(group, 16)),
    16,
  );
}

/** Returns the address with an IPv4 address at its end written as two groups; null where that end is none. */
function withHexTail(text: string): string | null {
  if (!text.includes('.')) return text;
  const start = text.lastIndexOf(':') + 1;
  const value = valueOfVersion4(text.slice(start));
  return value === null
    ? null
    : `${text.slice(0, start)}${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
}

const joined = (parts: readonly number[], bitsEach: number): bigint =>
  parts.reduce((value, part) => (value << BigInt(bitsEach)) | BigInt(part), 0n);

/** Returns the range that is written as address/bits, such as 10.0.0.0/8; null for any other text. */
export function parseIpRange(text: string): IpRange | null {
  const [, written = '', bitsText = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const address = parseIpAddress(written);
  const bits = Number(bitsText);
  if (address === null || bits > SIZES[address.version]) return null;
  const range = { ...address, bits };
  return prefixOf(range, bits) << hostBits(range) === address.value ? range : null;
}

/** Returns true when the address is in the range. */
export const isInRange = (address: IpAddress, range: IpRange): boolean =>
  address.version === range.version && prefixOf(address, range.bits) === prefixOf(range, range.bits);

/** Returns true when the ranges have an address in common: one is then part of the other. */
export const doRangesMeet = (one: IpRange, other: IpRange): boolean =>
  one.bits <= other.bits ? isInRange(other, one) : isInRange(one, other);

const prefixOf = ({ version, value }: IpAddress, bits: number): bigint => value >> BigInt(SIZES[version] - bits);
const hostBits = ({ version, bits }: IpRange): bigint => BigInt(SIZES[version] - bits);

/** Returns the IPv4 address in the last 32 bits. */
export const lastFourBytes = ({ value }: IpAddress): IpAddress => ({ version: 4, value: value & 0xffff_ffffn });
