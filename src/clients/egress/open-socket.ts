import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { connect as connectPlain, isIP, isIPv6, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, rootCertificates } from 'node:tls';
import type { UrlTarget } from '../../domain/egress/judge-url';
import { EgressUnavailable } from './egress-errors';

export interface OpenSocketInput {
  target: UrlTarget;
  /** The judged addresses of the host: the socket goes to one of them, whatever the name resolves to by now. */
  addresses: readonly string[];
  /** Ends the attempt. */
  signal: AbortSignal;
  /** The proxy that connects to the judged address; null to connect directly. */
  proxyUrl: string | null;
  /** Certificates that are trusted besides Node's own, in PEM. */
  certificateAuthorities?: readonly string[];
}

/** Addresses of each version that are tried, and the milliseconds for each but the last. */
const MOST_OF_A_VERSION = 2;
const ATTEMPT_MS = 1000;

/**
 * Connects to the first address that accepts, with TLS for https: the server's name and certificate are the URL's.
 * @throws EgressUnavailable
 */
export async function openSocket(input: OpenSocketInput): Promise<Duplex> {
  const { target, addresses, signal, proxyUrl } = input;
  const [version6, version4] = [addresses.filter(isIPv6), addresses.filter((address) => !isIPv6(address))];
  const tried = [...version4.slice(0, MOST_OF_A_VERSION), ...version6.slice(0, MOST_OF_A_VERSION)];
  for (const [index, address] of tried.entries()) {
    const isLast = index === tried.length - 1;
    const ended = isLast ? signal : AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_MS)]);
    const to = { address, port: target.port, signal: ended };
    const socket = await (proxyUrl === null ? connectTo(to) : connectThrough({ ...to, proxyUrl })).catch(() => null);
    if (socket) return target.url.protocol === 'https:' ? secure(socket, input) : socket;
    if (signal.aborted) break;
  }
  throw new EgressUnavailable(signal.aborted ? 'timeout' : 'connection');
}

interface ConnectInput {
  address: string;
  port: number;
  signal: AbortSignal;
}

const connectTo = ({ address, port, signal }: ConnectInput): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connectPlain({ host: address, port, signal, autoSelectFamily: false });
    socket.once('error', reject).once('connect', () => resolve(socket.off('error', reject)));
  });

/** Has the proxy connect to the address, so that the proxy resolves no name either (RFC 9110, section 9.3.6). */
function connectThrough({ address, port, signal, proxyUrl }: ConnectInput & { proxyUrl: string }): Promise<Duplex> {
  const proxy = new URL(proxyUrl);
  const path = `${isIPv6(address) ? `[${address}]` : address}:${port}`;
  const login = [proxy.username, proxy.password].map(decodeURIComponent).join(':');
  const headers = {
    host: path,
    ...(proxy.username ? { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` } : {}),
  };
  const [host, request] = [
    proxy.hostname.replace(/^\[|\]$/g, ''),
    proxy.protocol === 'https:' ? requestHttps : requestHttp,
  ];
  return new Promise((resolve, reject) => {
    const outgoing = request({ method: 'CONNECT', host, port: proxy.port, path, headers, signal, agent: false });
    outgoing
      .once('connect', ({ statusCode }, socket) => {
        if (statusCode === 200) return resolve(socket);
        socket.destroy();
        reject(new EgressUnavailable('connection'));
      })
      .once('response', (response) => {
        response.destroy();
        reject(new EgressUnavailable('connection'));
      })
      .once('error', reject)
      .end();
  });
}

function secure(socket: Duplex, { target, signal, certificateAuthorities }: OpenSocketInput): Promise<Duplex> {
  const { host } = target;
  return new Promise((resolve, reject) => {
    const secured = connectTls({
      socket,
      host,
      // RFC 6066 has no addresses in SNI.
      servername: isIP(host) ? undefined : host,
      ALPNProtocols: ['http/1.1'],
      // Also where the environment says otherwise.
      rejectUnauthorized: true,
      ...(certificateAuthorities ? { ca: [...rootCertificates, ...certificateAuthorities] } : {}),
    });
    const abort = () => secured.destroy(new EgressUnavailable('timeout'));
    signal.addEventListener('abort', abort, { once: true });
    secured
      .once('secureConnect', () => resolve(secured))
      .once('error', () => {
        socket.destroy();
        reject(new EgressUnavailable(signal.aborted ? 'timeout' : 'tls'));
      })
      .once('close', () => signal.removeEventListener('abort', abort));
  });
}
