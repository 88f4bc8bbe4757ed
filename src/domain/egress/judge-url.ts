import type { Mode } from '../tenant';
import { isLoopbackAllowed, type EgressPolicy } from './egress-policy';
import { parseIpAddress } from './ip-address';
import { isAddressAllowed, isLoopback } from './judge-address';
import { isAllowedPort } from './ports';

export const MAX_URL_LENGTH = 2048;

/** The rules that a URL can break, each with what to do about it. */
export const urlRules = {
  format:
    'The URL must be absolute, such as https://images.example/1.jpg, without spaces, backslashes, line breaks and ' +
    'empty parts of the host.',
  length: `The URL must have at most ${MAX_URL_LENGTH} characters once it is encoded: send a shorter one.`,
  scheme: 'The URL must begin with https://, or with http:// where this field takes it.',
  userInfo: 'The URL must have no user name and no password: send it without them.',
  port: 'The URL must have the port 80 or 443, or one from 1024 on that browsers do not block.',
  host: 'The URL must lead to a public address: this one is private, local, reserved, or used by the platform itself.',
} as const;
export type UrlRule = keyof typeof urlRules;

export interface JudgeUrlInput {
  url: string;
  /** The mode of the tenant whose URL it is. */
  mode: Mode;
  policy: EgressPolicy;
  /** Set where the field takes http too. */
  allowsHttp?: boolean;
}

/** A URL that may be called, once the addresses of its host are judged. */
export interface UrlTarget {
  url: URL;
  /** The name or the address, without brackets. */
  host: string;
  port: number;
  /** The addresses of a host that no resolver is asked about; null for a name whose addresses are still unknown. */
  addresses: readonly string[] | null;
}

export type UrlJudgement = { refusedBy: null; target: UrlTarget } | { refusedBy: UrlRule; target: null };

/**
 * Judges a URL that somebody else chose, without a connection. A name is judged again by the addresses that it has when
 * it is called.
 */
export function judgeUrl({ url: text, mode, policy, allowsHttp = false }: JudgeUrlInput): UrlJudgement {
  const refuse = (refusedBy: UrlRule): UrlJudgement => ({ refusedBy, target: null });
  if (text.length > MAX_URL_LENGTH) return refuse('length');
  const url = parseUrl(text);
  if (url === null) return refuse('format');
  if (url.href.length > MAX_URL_LENGTH) return refuse('length');
  const isHttps = url.protocol === 'https:';
  if (!isHttps && url.protocol !== 'http:') return refuse('scheme');
  if (url.username !== '' || url.password !== '') return refuse('userInfo');

  const host = hostOf(url);
  const port = url.port === '' ? (isHttps ? 443 : 80) : Number(url.port);
  // An address of IPv6 has no dots by now.
  if (host.split('.').includes('')) return refuse('format');
  const addresses = knownAddresses(host);
  if (addresses && !addresses.every((address) => isAddressAllowed({ address, port, mode, policy })))
    return refuse('host');
  if (!isAllowedPort(port)) return refuse('port');
  const isLocal = addresses?.every(isLoopback) === true && isLoopbackAllowed(policy, mode);
  if (!isHttps && !allowsHttp && !isLocal) return refuse('scheme');
  return { refusedBy: null, target: { url, host, port, addresses } };
}

const WRITTEN = /^[a-z][a-z\d+.-]*:\/\/[^\s\\\p{Cc}]+$/iu;

/** The one parser: what it makes of octal, hexadecimal and short addresses is judged, and is what is called. */
function parseUrl(text: string): URL | null {
  return WRITTEN.test(text) && URL.canParse(text) ? new URL(text) : null;
}

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');

/** Addresses never pass a resolver, and RFC 6761 has `localhost` mean this machine without one. */
function knownAddresses(host: string): readonly string[] | null {
  if (host === 'localhost' || host.endsWith('.localhost')) return ['127.0.0.1', '::1'];
  return parseIpAddress(host) === null ? null : [host];
}
