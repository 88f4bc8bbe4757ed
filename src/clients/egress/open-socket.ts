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
  /** Milliseconds to connect to each address but the last. Defaults to 1000. */
  attemptMs?: number;
  /** Certificates that are trusted besides Node's own, in PEM. */
  certificateAuthorities?: readonly string[];
}

/** Addresses of each version that are tried. */
const MOST_OF_A_VERSION = 2;
const ATTEMPT_MS = 1000;

/**
 * Connects to the first address that accepts, with TLS for https: the server's name and certificate are the URL's.
 * @throws EgressUnavailable
 */
export async function openSocket(input: OpenSocketInput): Promise<Duplex> {
  const { target, addresses, signal, proxyUrl, attemptMs = ATTEMPT_MS } = input;
  const [version6, version4] = [addresses.filter(isIPv6), addresses.filter((address) => !isIPv6(address))];
  const tried = [...version4.slice(0, MOST_OF_A_VERSION), ...version6.slice(0, MOST_OF_A_VERSION)];
  for (const [index, address] of tried.entries()) {
    const isLast = index === tried.length - 1;
    const ended = isLast ? signal : AbortSignal.any([signal, AbortSignal.timeout(attemptMs)]);
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
    const socket = connectPlain({ host: address, port, autoSelectFamily: false });
    const abort = abortedBy(signal, () => socket.destroy(new EgressUnavailable('timeout')));
    socket.once('error', reject).once('connect', () => {
      abort.remove();
      resolve(socket.off('error', reject));
    });
  });

/** Calls `end` when the signal comes, until it is removed: the limit of an attempt must not end what follows it. */
function abortedBy(signal: AbortSignal, end: () => void): { remove: () => void } {
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  return { remove: () => signal.removeEventListener('abort', end) };
}

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
    const outgoing = request({ method: 'CONNECT', host, port: proxy.port, path, headers, agent: false });
    const abort = abortedBy(signal, () => outgoing.destroy(new EgressUnavailable('timeout')));
    outgoing
      .once('connect', ({ statusCode }, socket) => {
        abort.remove();
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
    const fail = () => {
      socket.destroy();
      reject(new EgressUnavailable(signal.aborted ? 'timeout' : 'tls'));
    };
    const abort = abortedBy(signal, () => secured.destroy(new EgressUnavailable('timeout')));
    // An error of the connection below ends the one above.
    socket.on('error', () => secured.destroy());
    secured
      .once('secureConnect', () => {
        abort.remove();
        resolve(secured);
      })
      .on('error', fail)
      .once('close', fail);
  });
}
