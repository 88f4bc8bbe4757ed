import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Server as TcpServer } from 'node:net';
import { createEgressClient, type EgressClientInput, type EgressRequest } from '../../../clients/egress/egress-client';
import type { EgressAnswer } from '../../../clients/egress/exchange';
import { startDnsServer, type AnswerName, type DnsServer } from './dns-server';

const closing: (() => unknown)[] = [];

/** Closes what the functions below have opened. */
export async function closeEgressServers(): Promise<void> {
  for (const close of closing.splice(0)) await close();
}

/** Starts a server on a free port of this machine. Returns the port. */
export async function listen(server: Server | TcpServer, host = '127.0.0.1'): Promise<number> {
  server.listen(0, host);
  await once(server, 'listening');
  closing.push(() => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Starts an HTTP server. Returns its port. */
export const serve = (listener: RequestListener): Promise<number> => listen(createServer(listener));

/** Starts a name server. */
export async function openDns(answer: AnswerName): Promise<DnsServer> {
  const dns = await startDnsServer(answer);
  closing.push(dns.close);
  return dns;
}

/** Returns a client of a sandbox tenant, which may call this machine, and has no name server unless one is given. */
export function openClient(
  input: Partial<EgressClientInput> = {},
): (url: string, request?: Partial<EgressRequest>) => Promise<EgressAnswer> {
  const client = createEgressClient({
    policy: { local: 'sandbox', ownPorts: [], allow: [] },
    dnsServers: ['127.0.0.1:9'],
    proxyUrl: null,
    ...input,
  });
  return (url, request = {}) =>
    client.call({ tenantId: 'prt_1:sandbox', url, maxBytes: 1000, timeoutMs: 3000, allowsHttp: true, ...request });
}

/** Resolves to the result or to the error. */
export const settled = <T>(promise: Promise<T>): Promise<T | Error> => promise.catch((error: Error) => error);
